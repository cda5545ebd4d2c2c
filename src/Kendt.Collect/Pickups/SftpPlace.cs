using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Kendt.Model;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Kendt.Collect;

/// <summary>A folder of an SFTP server, which is known by the fingerprint of its key.</summary>
internal sealed class SftpPlace(PickupSettings settings) : IFilePlace
{
    private SftpClient? _client;

    public bool GrowsInPlace => true;

    public async Task<IReadOnlyList<PlacedFile>> ListAsync(CancellationToken cancel)
    {
        try
        {
            var client = await ConnectAsync(cancel);
            var files = new List<PlacedFile>();
            await foreach (var file in client.ListDirectoryAsync(Folder, cancel))
            {
                if (file.IsRegularFile && !file.Name.StartsWith('.') && settings.Wants(file.Name))
                    files.Add(new(file.Name, file.Length, string.Create(CultureInfo.InvariantCulture, $"{file.Length}-{file.LastWriteTimeUtc.Ticks}")));
            }
            return files;
        }
        catch (Exception fault) when (IsTheirs(fault))
        {
            throw new BadInputException(Words(fault), fault);
        }
    }

    public async Task<Stream> OpenAsync(PlacedFile file, CancellationToken cancel)
    {
        try
        {
            var client = await ConnectAsync(cancel);
            return client.OpenRead($"{Folder.TrimEnd('/')}/{file.Name}");
        }
        catch (Exception fault) when (IsTheirs(fault))
        {
            throw new IOException($"'{file.Name}' cannot be fetched. {Words(fault)}", fault);
        }
    }

    public Task EndAsync(PlacedFile file, string? fault, CancellationToken cancel) => Task.CompletedTask;

    public void Dispose() => _client?.Dispose();

    private string Folder => settings.Find("path") ?? ".";

    private static bool IsTheirs(Exception fault) => fault is SshException or SocketException or InvalidOperationException or IOException;

    private string Words(Exception fault) => fault switch
    {
        SshAuthenticationException => $"The server '{settings["host"]}' does not let '{settings["user"]}' in: the {(settings.Find("privateKey") is null ? "password" : "key")} is not one that it knows. Check user and {(settings.Find("privateKey") is null ? "password" : "key")}.",
        SftpPathNotFoundException => $"The server '{settings["host"]}' has no '{Folder}' that '{settings["user"]}' may see. Check path.",
        SftpPermissionDeniedException => $"The server '{settings["host"]}' does not let '{settings["user"]}' read '{Folder}'. Ask who runs it.",
        SocketException or SshOperationTimeoutException => $"The server '{settings["host"]}' cannot be reached at port {Port} ({fault.Message}). Check host and port, and whether a firewall stands between.",
        _ => $"The server '{settings["host"]}' cannot be used as it is set up ({fault.Message}).",
    };

    private ushort Port => settings.Find("port") is { } said ? ushort.Parse(said, CultureInfo.InvariantCulture) : (ushort)22;

    private static PrivateKeyFile Key(string text)
    {
        try
        {
            return new(new MemoryStream(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n").Trim() + "\n")));
        }
        catch (Exception fault) when (fault is SshException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException("privateKey is no private key that can be used: give the whole file as ssh-keygen writes it, without a passphrase.", fault);
        }
    }

    private async Task<SftpClient> ConnectAsync(CancellationToken cancel)
    {
        if (_client is { IsConnected: true }) return _client;
        _client?.Dispose();
        AuthenticationMethod method = settings.Find("privateKey") is { } key
            ? new PrivateKeyAuthenticationMethod(settings["user"], Key(key))
            : new PasswordAuthenticationMethod(settings["user"], settings["password"]);
        _client = new(new ConnectionInfo(settings["host"], Port, settings["user"], method) { Timeout = TimeSpan.FromSeconds(20) });
        string? seen = null;
        var wanted = settings["fingerprint"].Replace("SHA256:", "", StringComparison.OrdinalIgnoreCase).TrimEnd('=');
        _client.HostKeyReceived += (_, e) =>
        {
            seen = e.FingerPrintSHA256;
            e.CanTrust = seen.TrimEnd('=') == wanted;
        };
        try
        {
            await _client.ConnectAsync(cancel);
        }
        catch (SshConnectionException fault) when (seen is not null && seen.TrimEnd('=') != wanted)
        {
            throw new BadInputException($"The server '{settings["host"]}' shows the key SHA256:{seen}, and not the one that was said. Ask who runs it whether that is its key; if it is, set fingerprint to it.", fault);
        }
        return _client;
    }
}
