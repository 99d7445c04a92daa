# Ruby's Net::SFTP; libssh2.py says what the arguments are.
require 'net/sftp'

host, port, login, secret, *words = ARGV
options = { port: port.to_i, verify_host_key: :never, non_interactive: true, config: false }
if secret.start_with?('@')
  options.update(auth_methods: ['publickey'], keys: [secret[1..]], keys_only: true)
else
  options.update(auth_methods: ['password'], password: secret, number_of_password_prompts: 0)
end
Net::SFTP.start(host, login, options) do |sftp|
  until words.empty?
    case words.shift
    when 'put' then sftp.upload!(words.shift, words.shift)
    when 'send'
      file, path = words.shift(2)
      size = begin
        sftp.stat!(path).size
      rescue Net::SFTP::StatusException
        nil
      end
      sftp.upload!(file, path) unless size == File.size(file)
    when 'touch'
      path = words.shift
      sftp.setstat!(path, atime: 1_700_000_000, mtime: 1_700_000_000)
      raise 'time' unless sftp.stat!(path).mtime == 1_700_000_000
    when 'rename' then sftp.rename!(words.shift, words.shift)
    when 'ls'
      folder, name = words.shift(2)
      raise 'not there' unless sftp.dir.entries(folder).map(&:name).include?(name)
    when 'get' then sftp.download!(words.shift, words.shift)
    when 'rm' then sftp.remove!(words.shift)
    else raise 'operation'
    end
  end
end
