using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kendt.Bench;

/// <summary>One kept-open HTTP/1.1 connection that sends a request and waits for its answer; nothing more, so that the load costs little.</summary>
internal sealed class Line : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray(), LastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[16_384];

    public static async Task<Line> OpenAsync(Uri server, CancellationToken cancel)
    {
        var line = new Line();
        await line._socket.ConnectAsync(IPAddress.Loopback, server.Port, cancel);
        return line;
    }

    /// <summary>The bytes of a tracking call with its head.</summary>
    public static byte[] Call(string path, string writeKey, string body)
    {
        var key = Convert.ToBase64String(Encoding.ASCII.GetBytes(writeKey + ":"));
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Basic {key}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
    }

    /// <summary>Sends and returns the status.</summary>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        while (request.Length > 0) request = request[await _socket.SendAsync(request, cancel)..];
        for (var have = 0; ;)
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(have), cancel);
            if (read == 0) throw new IOException("The server closed the connection.");
            have += read;
            if (IsWhole(_answer.AsSpan(0, have))) return int.Parse(_answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf(HeadEnd);
        if (head < 0) return false;
        var body = answer[(head + HeadEnd.Length)..];
        var at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0) return body.EndsWith(LastChunk);
        var digits = answer[(at + "Content-Length: ".Length)..head];
        if (digits.IndexOf((byte)'\r') is >= 0 and var end) digits = digits[..end];
        return body.Length >= int.Parse(digits, CultureInfo.InvariantCulture);
    }

    public void Dispose() => _socket.Dispose();
}
