using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kendt.EndToEnd;

/// <summary>How a command ended.</summary>
public sealed record Ended(int Status, string Output, string Error)
{
    /// <summary>What it printed, if it went well; the test fails with what it said if not.</summary>
    public string Ok
    {
        get
        {
            Assert.True(Status == 0, $"Status {Status}\n{Output}\n{Error}");
            return Output;
        }
    }
}

/// <summary>The built program, run as a process of its own on the workspace given: <c>KendtProcess.RunAsync(...)</c> until it ends, or <see cref="StartAsync"/> until it serves.</summary>
public sealed class KendtProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private readonly System.Text.StringBuilder _printed;

    private KendtProcess(Process process, Task<string> error, System.Text.StringBuilder printed, Uri address) => (_process, _error, _printed, Address) = (process, error, printed, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The folder with Kendt.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Runs one command to its end, in the repository's folder.</summary>
    public static async Task<Ended> RunAsync(IEnumerable<string> arguments, Workspace workspace, CancellationToken cancel)
    {
        using var process = Start(arguments, workspace);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Starts <c>serve</c> or <c>demo</c> on a free port and waits until it answers.</summary>
    public static async Task<KendtProcess> StartAsync(IEnumerable<string> arguments, Workspace workspace, CancellationToken cancel)
    {
        var port = FreePort();
        var process = Start([.. arguments, "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)], workspace);
        var printed = new System.Text.StringBuilder();
        process.OutputDataReceived += (_, line) =>
        {
            lock (printed) printed.AppendLine(line.Data);
        };
        process.BeginOutputReadLine();
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var started = new KendtProcess(process, error, printed, new Uri($"http://127.0.0.1:{port}"));
        using var client = new HttpClient { BaseAddress = started.Address };
        while (true)
        {
            if (process.HasExited) throw new InvalidOperationException($"kendt ended with status {process.ExitCode}:\n{await error}");
            try
            {
                using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancel);
                if (answer.IsSuccessStatusCode) return started;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(50, cancel);
        }
    }

    /// <summary>Asks the server as its owner does.</summary>
    public async Task<HttpClient> ClientAsync(Workspace workspace, CancellationToken cancel)
    {
        var announced = await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "server.json"), cancel);
        using var json = System.Text.Json.JsonDocument.Parse(announced);
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", json.RootElement.GetProperty("Key").GetString());
        return client;
    }

    /// <summary>What it has printed so far.</summary>
    public string Printed
    {
        get
        {
            lock (_printed) return _printed.ToString();
        }
    }

    /// <summary>Ends it as a power cut does.</summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        await _error;
        _process.Dispose();
    }

    private static Process Start(IEnumerable<string> arguments, Workspace workspace)
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/', '\\'));
        var program = Path.Combine(Root, "artifacts", "bin", "Kendt.Server", configuration, "kendt.dll");
        Assert.True(File.Exists(program), $"The program is not built: there is no {program}.");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("KENDT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["KENDT_DATA"] = workspace.Folder;
        if (workspace.Postgres is { } connection) start.Environment["KENDT_POSTGRES"] = connection;
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kendt.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not lie under the repository.");
    }
}
