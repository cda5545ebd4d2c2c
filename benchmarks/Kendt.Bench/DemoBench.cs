using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Kendt.Bench;

/// <summary>How long the demo company takes from the command to the last step, and what Kendt costs when it rests.</summary>
internal static class DemoBench
{
    public static Command Command()
    {
        var people = new Option<int>("--people") { Description = "How large the company is", DefaultValueFactory = _ => 20_000 };
        var command = new Command("demo", "Time and memory of the demo, step by step, and of a restart");
        command.Add(people);
        command.SetAction((parse, cancel) => RunAsync(parse.GetValue(people), cancel));
        return command;
    }

    private static async Task RunAsync(int people, CancellationToken cancel)
    {
        Figures.PrintMachine();
        var folder = Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        try
        {
            await FillAsync(people, folder, cancel);
            await RestAsync(folder, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(int people, string folder, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        await using var kendt = await Server.StartKendtAsync(["demo", "--no-browser", "--people", people.ToString(CultureInfo.InvariantCulture)], folder, cancel);
        var ready = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await kendt.Filled.Task.WaitAsync(cancel);
        var filled = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var jobs = await kendt.Http.GetFromJsonAsync<JsonElement>(new Uri("/v1/jobs", UriKind.Relative), cancel);
        var demo = jobs.EnumerateArray().First(j => j.GetProperty("kind").GetString() == "demo");
        Figures.Print(["step", "seconds"], demo.GetProperty("steps").EnumerateArray().Select(step => (IReadOnlyList<string>)[
            step.GetProperty("name").GetString()!,
            Figures.Of((step.GetProperty("endedAt").GetDateTimeOffset() - step.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds)]));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{people:N0} people: ready after {ready:N1} s, the company is there after {filled:N1} s; {kendt.CpuSeconds:N1} s of processor, most memory {kendt.Memory.Peak:N0} MB, {Size(folder):N0} MB on disk"));
    }

    private static async Task RestAsync(string folder, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        await using var kendt = await Server.StartKendtAsync(["serve"], folder, cancel);
        var ready = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(5), cancel);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed and started again: ready after {ready:N2} s; {kendt.Memory.Now:N0} MB at rest after 5 s"));
    }

    private static double Size(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) / 1048576.0;
}
