%% Erlang's ssh_sftp; libssh2.py says what the arguments are.
-mode(compile).
-include_lib("kernel/include/file.hrl").

main([Host, Port, Login, Secret | Words]) ->
    {ok, _} = application:ensure_all_started(ssh),
    Common = [{user, Login}, {silently_accept_hosts, true}, {user_interaction, false}, {save_accepted_host, false}],
    Folder = "ssh-" ++ os:getpid(),
    ok = filelib:ensure_dir(Folder ++ "/x"),
    Options = case Secret of
        [$@ | Key] ->
            {ok, _} = file:copy(Key, Folder ++ "/id_ecdsa"),
            [{user_dir, Folder}, {auth_methods, "publickey"} | Common];
        _ -> [{user_dir, Folder}, {password, Secret}, {auth_methods, "password"} | Common]
    end,
    {ok, Connection} = ssh:connect(Host, list_to_integer(Port), Options),
    {ok, Sftp} = ssh_sftp:start_channel(Connection),
    run(Sftp, Words),
    ssh:close(Connection).

run(_, []) -> ok;
run(Sftp, ["put", File, Path | Rest]) ->
    {ok, Data} = file:read_file(File),
    ok = ssh_sftp:write_file(Sftp, Path, Data),
    run(Sftp, Rest);
run(Sftp, ["send", File, Path | Rest]) ->
    Size = filelib:file_size(File),
    case ssh_sftp:read_file_info(Sftp, Path) of
        {ok, #file_info{size = Size}} -> run(Sftp, Rest);
        _ -> run(Sftp, ["put", File, Path | Rest])
    end;
run(Sftp, ["touch", Path | Rest]) ->
    Time = calendar:system_time_to_universal_time(1700000000, second),
    ok = ssh_sftp:write_file_info(Sftp, Path, #file_info{atime = Time, mtime = Time}),
    {ok, #file_info{}} = ssh_sftp:read_file_info(Sftp, Path),
    run(Sftp, Rest);
run(Sftp, ["rename", From, To | Rest]) ->
    ok = ssh_sftp:rename(Sftp, From, To),
    run(Sftp, Rest);
run(Sftp, ["ls", Folder, Name | Rest]) ->
    {ok, Names} = ssh_sftp:list_dir(Sftp, Folder),
    true = lists:member(Name, Names),
    run(Sftp, Rest);
run(Sftp, ["get", Path, File | Rest]) ->
    {ok, Data} = ssh_sftp:read_file(Sftp, Path),
    ok = file:write_file(File, Data),
    run(Sftp, Rest);
run(Sftp, ["rm", Path | Rest]) ->
    ok = ssh_sftp:delete(Sftp, Path),
    run(Sftp, Rest).
