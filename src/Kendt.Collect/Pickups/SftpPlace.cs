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
            await foreach (var file in client.ListDirectoryAsync(settings.Find("path") ?? ".", cancel))
            {
                if (file.IsRegularFile && !file.Name.StartsWith('.') && settings.Wants(file.Name))
                    files.Add(new(file.Name, file.Length, string.Create(CultureInfo.InvariantCulture, $"{file.Length}-{file.LastWriteTimeUtc.Ticks}")));
            }
            return files;
        }
        catch (Exception fault) when (fault is SshException or SocketException or InvalidOperationException or IOException)
        {
            throw new BadInputException($"The server '{settings["host"]}' does not let us in or has no such folder ({fault.Message}).", fault);
        }
    }

    public async Task<Stream> OpenAsync(PlacedFile file, CancellationToken cancel)
    {
        try
        {
            var client = await ConnectAsync(cancel);
            return client.OpenRead($"{(settings.Find("path") ?? ".").TrimEnd('/')}/{file.Name}");
        }
        catch (Exception fault) when (fault is SshException or SocketException)
        {
            throw new IOException($"'{file.Name}' cannot be fetched ({fault.Message}).", fault);
        }
    }

    public Task EndAsync(PlacedFile file, string? fault, CancellationToken cancel) => Task.CompletedTask;

    public void Dispose() => _client?.Dispose();

    private async Task<SftpClient> ConnectAsync(CancellationToken cancel)
    {
        if (_client is { IsConnected: true }) return _client;
        _client?.Dispose();
        var port = settings.Find("port") is { } said ? ushort.Parse(said, CultureInfo.InvariantCulture) : 22;
        AuthenticationMethod method = settings.Find("privateKey") is { } key
            ? new PrivateKeyAuthenticationMethod(settings["user"], new PrivateKeyFile(new MemoryStream(Encoding.UTF8.GetBytes(key))))
            : new PasswordAuthenticationMethod(settings["user"], settings["password"]);
        _client = new(new ConnectionInfo(settings["host"], port, settings["user"], method) { Timeout = TimeSpan.FromSeconds(20) });
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
