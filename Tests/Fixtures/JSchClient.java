import com.jcraft.jsch.*;

/**
 * JSch with its default algorithms: host, port, login, password (or @ and a private key's file), then operations:
 * put FILE PATH, resume FILE PATH, touch PATH, rename FROM TO, mkdirs PATH, ls PATH NAME, get PATH FILE, rm PATH.
 */
public class JSchClient {
    public static void main(String[] args) throws Exception {
        JSch jsch = new JSch();
        if (args[3].startsWith("@")) jsch.addIdentity(args[3].substring(1));
        Session session = jsch.getSession(args[2], args[0], Integer.parseInt(args[1]));
        if (!args[3].startsWith("@")) session.setPassword(args[3]);
        session.setConfig("StrictHostKeyChecking", "no");
        session.connect(200000);
        ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
        sftp.connect(200000);
        for (int i = 4; i < args.length; ) {
            switch (args[i++]) {
                case "put": sftp.put(args[i++], args[i++]); break;
                case "resume": sftp.put(args[i++], args[i++], ChannelSftp.RESUME); break;
                case "touch":
                    sftp.chmod(0644, args[i]);
                    sftp.setMtime(args[i++], 1700000000);
                    break;
                case "rename": sftp.rename(args[i++], args[i++]); break;
                case "mkdirs": makePath(sftp, args[i++]); break;
                case "ls": list(sftp, args[i++], args[i++]); break;
                case "get": sftp.get(args[i++], args[i++]); break;
                case "rm": sftp.rm(args[i++]); break;
                default: throw new IllegalArgumentException(args[i - 1]);
            }
        }
        sftp.disconnect();
        session.disconnect();
    }

    private static void list(ChannelSftp sftp, String folder, String name) throws SftpException {
        for (Object entry : sftp.ls(folder)) {
            if (((ChannelSftp.LsEntry) entry).getFilename().equals(name)) return;
        }
        throw new IllegalStateException(name + " is not listed");
    }

    private static void makePath(ChannelSftp sftp, String path) throws SftpException {
        String made = "";
        for (String part : path.substring(1).split("/")) {
            made += "/" + part;
            try {
                sftp.cd(made);
            } catch (SftpException absent) {
                sftp.mkdir(made);
            }
        }
    }
}
