using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kendt.Bench;

/// <summary>What a run of calls came to.</summary>
internal sealed record CallsMade(long Calls, double PerSecond, double P50, double P99)
{
    public IReadOnlyList<string> Shown => [Figures.Of(PerSecond), Figures.Of(P50), Figures.Of(P99)];
}

/// <summary>Those who ask for profiles: as many calls as can be, or so many a second.</summary>
internal sealed partial record Callers(int Connections, int Seconds, int Rate)
{
    /// <summary>As many as can be with all connections.</summary>
    public async Task<CallsMade> AskAsync(Server server, string token, int people, int seconds, CancellationToken cancel)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, $$"""
                local auth = { ["Authorization"] = "Bearer {{token}}" }
                request = function() return wrk.format("GET", string.format("{{ProfilesBench.PathOf(0).Replace("000000", "%06d", StringComparison.Ordinal)}}", math.random(0, {{people - 1}})), auth) end
                """, cancel);
            var start = new ProcessStartInfo("wrk", ["-t1", "-c" + Connections, "-d" + seconds + "s", "--latency", "-s", script, server.Http.BaseAddress!.ToString()]) { RedirectStandardOutput = true, UseShellExecute = false };
            using var wrk = Process.Start(start)!;
            var said = await wrk.StandardOutput.ReadToEndAsync(cancel);
            await wrk.WaitForExitAsync(cancel);
            if (said.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException("Not all calls were answered:\n" + said);
            return new(long.Parse(Requests().Match(said).Groups["n"].Value, CultureInfo.InvariantCulture), double.Parse(PerSecondLine().Match(said).Groups["n"].Value, CultureInfo.InvariantCulture), Milliseconds(said, "50"), Milliseconds(said, "99"));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            var began = Stopwatch.GetTimestamp();
            var times = (await Task.WhenAll(Enumerable.Range(0, Connections).Select(i => LoopAsync(server, people, i, TimeSpan.FromSeconds(seconds), cancel)))).SelectMany(t => t).Order().ToList();
            return new(times.Count, times.Count / Stopwatch.GetElapsedTime(began).TotalSeconds, times.At(0.5), times.At(0.99));
        }
        finally
        {
            File.Delete(script);
        }
    }

    /// <summary>The sorted milliseconds of calls at a steady rate, each from the moment at which it was due.</summary>
    public static async Task<IReadOnlyList<double>> SteadyAsync(Server server, int people, int rate, int seconds, CancellationToken cancel)
    {
        const int Lanes = 32;
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(async () =>
        {
            var (random, times) = (new Random(lane), new List<double>());
            for (var i = 0; i < rate * seconds / Lanes; i++)
            {
                var due = TimeSpan.FromSeconds((i * Lanes + lane) / (double)rate);
                if (due - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } early) await Task.Delay(early, cancel);
                var from = Stopwatch.GetElapsedTime(began);
                await CallAsync(server, random.Next(people), cancel);
                times.Add((Stopwatch.GetElapsedTime(began) - (from - due > TimeSpan.FromMilliseconds(2) ? due : from)).TotalMilliseconds); // a timer's own slack is not the server's
            }
            return times;
        }, cancel)));
        return [.. times.SelectMany(t => t).Order()];
    }

    private static async Task<List<double>> LoopAsync(Server server, int people, int seed, TimeSpan time, CancellationToken cancel)
    {
        var (random, times, began) = (new Random(seed), new List<double>(), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            var from = Stopwatch.GetTimestamp();
            await CallAsync(server, random.Next(people), cancel);
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }
        return times;
    }

    private static async Task CallAsync(Server server, int person, CancellationToken cancel)
    {
        using var answer = await server.Http.GetAsync(new Uri(ProfilesBench.PathOf(person), UriKind.Relative), cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static double Milliseconds(string said, string share)
    {
        var found = Latency().Matches(said).First(m => m.Groups["share"].Value == share);
        return double.Parse(found.Groups["n"].Value, CultureInfo.InvariantCulture) * found.Groups["unit"].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
    }

    [GeneratedRegex(@"(?<n>\d+) requests in", RegexOptions.ExplicitCapture)]
    private static partial Regex Requests();

    [GeneratedRegex(@"Requests/sec:\s+(?<n>[\d.]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex PerSecondLine();

    [GeneratedRegex(@"(?<share>\d+)%\s+(?<n>[\d.]+)(?<unit>us|ms|s)", RegexOptions.ExplicitCapture)]
    private static partial Regex Latency();
}
