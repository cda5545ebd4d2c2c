using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kendt.Collect;

namespace Kendt.Bench;

/// <summary>A server under measurement: a process of its own on an empty folder, and what the system knows of it.</summary>
internal sealed partial class Server : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly bool _keepsFolder;

    private Server(Process process, Uri address, string folder, bool keepsFolder)
    {
        (_process, Folder, _keepsFolder) = (process, folder, keepsFolder);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("The company is there", StringComparison.Ordinal) is true) Filled.TrySetResult();
        };
        process.BeginOutputReadLine();
        _error = process.StandardError.ReadToEndAsync();
        Http = new HttpClient { BaseAddress = address };
    }

    public string Folder { get; }

    public HttpClient Http { get; }

    public string WriteKey { get; private set; } = "";

    /// <summary>Done when a demo says that its company is there.</summary>
    public TaskCompletionSource Filled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary><c>limit</c> or <c>collect</c> of this program, or <c>kendt</c>; each with a write key where it has any.</summary>
    public static async Task<Server> StartAsync(string kind, CancellationToken cancel)
    {
        if (kind == "kendt")
        {
            var kendt = await StartKendtAsync(["serve"], null, cancel);
            using var added = await kendt.Http.PostAsJsonAsync("/v1/sources", new { name = "web", kind = "stream", party = "first" }, cancel);
            kendt.WriteKey = (await added.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("writeKey").GetString()!;
            return kendt;
        }
        var server = Start(Path.Combine(AppContext.BaseDirectory, "Kendt.Bench.dll"), [kind], null);
        await server.ReadyAsync("/", cancel);
        server.WriteKey = kind == "limit" ? "none" : await File.ReadAllTextAsync(Path.Combine(server.Folder, "write-key"), cancel);
        return server;
    }

    /// <summary>Bare Kestrel that answers every GET with these bytes.</summary>
    public static async Task<Server> StartPageAsync(byte[] page, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "page"), page, cancel);
        var server = Start(Path.Combine(AppContext.BaseDirectory, "Kendt.Bench.dll"), ["page"], folder, keeps: false);
        await server.ReadyAsync("/", cancel);
        return server;
    }

    /// <summary>Kendt itself; asked as its owner. Keeps a folder that was given.</summary>
    public static async Task<Server> StartKendtAsync(IReadOnlyList<string> arguments, string? folder, CancellationToken cancel)
    {
        var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
        var server = Start(Path.Combine(root, "artifacts", "bin", "Kendt.Server", "release", "kendt.dll"), arguments, folder);
        await server.ReadyAsync("/health/ready", cancel);
        using var announced = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(server.Folder, "server.json"), cancel));
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", announced.RootElement.GetProperty("Key").GetString());
        return server;
    }

    /// <summary>Seconds of processor time so far, of the user and of the system.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Memory in MB that the process holds now, and the most it ever held.</summary>
    public (double Now, double Peak) Memory
    {
        get
        {
            var lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status"));
            double Of(string name) => double.Parse(lines.First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
            return (Of("VmRSS:"), Of("VmHWM:"));
        }
    }

    /// <summary>One value of /metrics; 0 if it is not there yet.</summary>
    public async Task<double> MetricAsync(string name, CancellationToken cancel)
    {
        var text = await Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancel);
        return Sample().Matches(text).FirstOrDefault(m => m.Groups["name"].Value == name) is { } found ? double.Parse(found.Groups["value"].Value, CultureInfo.InvariantCulture) : 0;
    }

    public Task<double> AllocatedAsync(CancellationToken cancel) => MetricAsync("dotnet_gc_heap_total_allocated_bytes_total", cancel);

    public Task<double> BacklogAsync(CancellationToken cancel) => MetricAsync("kendt_pipeline_backlog_facts", cancel);

    /// <summary>Messages in the log and how many ids they have, read from its files beside the running server.</summary>
    public (long Rows, long Ids) Logged()
    {
        var (rows, ids) = (0L, new HashSet<UInt128>());
        foreach (var message in IntakeLog.ReadFolder(IntakeLog.FolderOf(Folder)))
        {
            rows++;
            ids.Add(XxHash128.HashToUInt128(MemoryMarshal.AsBytes(message.MessageId.AsSpan())));
        }
        return (rows, ids.Count);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        if (!_keepsFolder) Directory.Delete(Folder, recursive: true);
    }

    private static Server Start(string program, IReadOnlyList<string> arguments, string? folder, bool keeps = true)
    {
        int port;
        using (var probe = new TcpListener(System.Net.IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
        }
        var data = folder ?? Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[program, .. arguments, "--data", data, "--port", port.ToString(CultureInfo.InvariantCulture)]) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("KENDT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        return new(Process.Start(start)!, new Uri($"http://127.0.0.1:{port}"), data, keeps && folder is not null);
    }

    private async Task ReadyAsync(string path, CancellationToken cancel)
    {
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended with status {_process.ExitCode}:\n{await _error}");
            try
            {
                using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative), cancel);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(20, cancel);
        }
    }

    [GeneratedRegex(@"^(?<name>\w+)(\{[^}]*\})? (?<value>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();
}
