using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kendt.Tests.Activate;

/// <summary>Another system over loopback: it keeps what it is sent and answers as the test says.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public Receiver()
    {
        _listener.Start();
        _loop = LoopAsync();
    }

    public sealed record Request(string Target, IReadOnlyDictionary<string, string> Headers, string Body);

    /// <summary>Status and further header lines; null means that no answer ever comes.</summary>
    public sealed record Answer(int Status, params string[] Headers);

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/kendt";

    public ConcurrentQueue<Request> Requests { get; } = [];

    /// <summary>What is answered. Default: 200.</summary>
    public Func<Request, Answer?> Answers { get; set; } = _ => new(200);

    /// <summary>Ends when a request has come that gets no answer.</summary>
    public TaskCompletionSource Silent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        var open = new List<TcpClient>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                open.Add(client);
                await using var stream = client.GetStream();
                var request = await ReadAsync(stream);
                Requests.Enqueue(request);
                if (Answers(request) is not { } answer)
                {
                    Silent.SetResult();
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                    return;
                }
                var lines = string.Concat(answer.Headers.Select(h => h + "\r\n"));
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer.Status} Answer\r\n{lines}Content-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            open.ForEach(client => client.Dispose());
        }
    }

    private async Task<Request> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !Encoding.ASCII.GetString([.. head.TakeLast(4)]).Equals("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
            head.Add(one[0]);
        }
        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new(lines[0].Split(' ')[1], headers, Encoding.UTF8.GetString(body));
    }
}
