import com.jcraft.jsch.*;

/** Pushes one file with JSch's default algorithms: host, port, login, password, file, remote path. */
public class JSchPut {
    public static void main(String[] args) throws Exception {
        Session session = new JSch().getSession(args[2], args[0], Integer.parseInt(args[1]));
        session.setPassword(args[3]);
        session.setConfig("StrictHostKeyChecking", "no");
        session.connect(20000);
        ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
        sftp.connect(20000);
        sftp.put(args[4], args[5]);
        sftp.disconnect();
        session.disconnect();
    }
}
