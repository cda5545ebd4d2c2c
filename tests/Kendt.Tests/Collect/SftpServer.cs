using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kendt.Tests.Collect;

/// <summary>An OpenSSH server of a test's own, on this machine only, that lets in who shows one key.</summary>
internal sealed class SftpServer : IDisposable
{
    private const string Program = "/usr/sbin/sshd";

    private readonly string _folder = Directory.CreateTempSubdirectory("kendt-sftp-").FullName;
    private readonly Process _process;
    private readonly Task<string> _rest;

    private SftpServer(CancellationToken cancel)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        foreach (var name in new[] { "host", "mine", "other" }) Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder, name));
        Fingerprint = Run("ssh-keygen", "-l", "-f", Path.Combine(_folder, "host.pub")).Split(' ')[1];
        Files = Directory.CreateDirectory(Path.Combine(_folder, "files")).FullName;
        File.WriteAllText(Path.Combine(_folder, "config"), $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {_folder}/host
            AuthorizedKeysFile {_folder}/mine.pub
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            Subsystem sftp internal-sftp
            """);
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd"); // where it locks itself in, which an init script makes otherwise
        _process = Start(Program, "-D", "-e", "-f", Path.Combine(_folder, "config"));
        while (_process.StandardError.ReadLine() is { } line && !line.Contains("Server listening", StringComparison.Ordinal)) cancel.ThrowIfCancellationRequested();
        _rest = _process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>The test is skipped where there is no sshd, and fails in CI.</summary>
    public static SftpServer Open(CancellationToken cancel)
    {
        if (!File.Exists(Program) && Environment.GetEnvironmentVariable("CI") != "true") Assert.Skip("No sshd: run ./test, or install openssh-server.");
        Assert.True(File.Exists(Program), "There is no sshd: this test must not be skipped here.");
        return new(cancel);
    }

    public int Port { get; }

    /// <summary>Of its key, as ssh-keygen writes it.</summary>
    public string Fingerprint { get; }

    /// <summary>The folder that is looked at.</summary>
    public string Files { get; }

    /// <summary>The private key that it lets in, or one that it does not know.</summary>
    public string Key(string name = "mine") => File.ReadAllText(Path.Combine(_folder, name));

    /// <summary>Settings that reach it, changed where a test says so.</summary>
    public Dictionary<string, string> Settings(params (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string> { ["host"] = "127.0.0.1", ["port"] = $"{Port}", ["user"] = Environment.UserName, ["fingerprint"] = Fingerprint, ["privateKey"] = Key(), ["path"] = Files, ["pattern"] = "*.csv" };
        foreach (var (name, value) in changes) settings[name] = value;
        return settings;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _rest.GetAwaiter().GetResult();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
