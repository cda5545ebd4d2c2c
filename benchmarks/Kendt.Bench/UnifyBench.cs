using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Bench;

/// <summary>How long it takes to find who is who in a file, stage by stage, and how well it is done.</summary>
internal static class UnifyBench
{
    public static Command Command()
    {
        var records = new Option<int>("--records") { Description = "How many records are generated", DefaultValueFactory = _ => 1_000_000 };
        var file = new Option<FileInfo?>("--csv") { Description = "Records generated before (the last column is the truth)", HelpName = "FILE" };
        var command = new Command("unify", "Seconds by the clock and of processor, memory and quality of matching a file of customers");
        command.Add(records);
        var add = new Option<string?>("--add") { Description = "Also matches this share of the rows against an index of the others, such as 1%", HelpName = "PERCENT" };
        command.Add(file);
        command.Add(add);
        command.SetAction((parse, cancel) => RunAsync(parse.GetValue(records), parse.GetValue(file), Share(parse.GetValue(add)), cancel));
        return command;
    }

    private static async Task RunAsync(int records, FileInfo? file, double add, CancellationToken cancel)
    {
        Figures.PrintMachine();
        var folder = Directory.CreateTempSubdirectory("kendt-bench-").FullName;
        try
        {
            var whole = file?.FullName ?? await GenerateAsync(records, folder, cancel);
            var (blind, found) = (Path.Combine(folder, "blind.csv"), Path.Combine(folder, "found.csv"));
            var truth = Blind(whole, blind);
            var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var report = FileMatch.Run(new() { Csv = blind, Out = found }, new Progress<string>(), cancel);
            var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
            var peak = Peak();
            Figures.Print(["stage", "seconds", "CPU seconds"],
                report.Seconds.Select(s => (IReadOnlyList<string>)[s.Key, Figures.Of(s.Value), Figures.Of(report.CpuSeconds[s.Key])]).Append(["all", Figures.Of(seconds), Figures.Of(cpuSeconds)]));
            var profiles = File.ReadLines(found).Skip(1).Select(line => int.Parse(line.AsSpan(line.LastIndexOf(',') + 1), CultureInfo.InvariantCulture)).ToArray();
            var (precision, recall, f1) = BCubed(truth, profiles);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

                {report.Records:N0} records, {report.PairsCompared:N0} pairs, {report.PairsCompared / report.CpuSeconds["score"]:N0} a CPU-second; most memory {peak:N0} MB
                {report.Clusters:N0} profiles, the largest of {report.LargestCluster}; B-cubed precision {precision:N4}, recall {recall:N4}, F1 {f1:N4}
                """));
            if (add > 0) Add(blind, add, seconds, truth, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Share(string? text) => text is null ? 0 : double.Parse(text.TrimEnd('%'), CultureInfo.InvariantCulture) / 100;

    // The last rows of the file come later: what it costs beside a whole run, and how well everybody is then known.
    private static void Add(string blind, double share, double whole, List<string> truth, CancellationToken cancel)
    {
        var (early, late) = (blind + ".early", blind + ".late");
        var first = (int)(truth.Count * (1 - share));
        var lines = File.ReadLines(blind);
        File.WriteAllLines(early, lines.Take(first + 1));
        File.WriteAllLines(late, lines.Take(1).Concat(lines.Skip(first + 1)));
        var table = CsvTable.Read(early, cancel);
        var matcher = Matcher.Prepare(table, new() { Id = table.Columns[0] });
        matcher.Block();
        matcher.Learn(cancel);
        matcher.Score(cancel);
        var index = matcher.Keep();
        var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var more = CsvTable.Read(late, cancel);
        var around = index.Around(index.Put(more, more.Columns[0], null, cancel).Records);
        index.Cluster(around, [], [], cancel);
        var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        var clusters = index.Cluster(index.Around(Enumerable.Range(0, truth.Count)), [], [], cancel).OfRecord;
        var profiles = lines.Skip(1).Select(line => clusters[index.Find(line[..line.IndexOf(',', StringComparison.Ordinal)])!.Value]).ToArray();
        var (precision, recall, f1) = BCubed(truth, profiles);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            adding {more.Rows:N0} rows to {first:N0}: {seconds:N2} s, {cpuSeconds:N2} CPU-s (a whole run: {whole:N1} s; 5 % of it and a second: {0.05 * whole + 1:N2}); {around.Count:N0} rows judged
            B-cubed precision {precision:N4}, recall {recall:N4}, F1 {f1:N4}; most memory {Peak():N0} MB
            """));
    }

    private static async Task<string> GenerateAsync(int records, string folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder, "customers.csv");
        var script = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "benchmarks", "identity", "generate.py"));
        using var python = Process.Start("python3", [script, "--records", records.ToString(CultureInfo.InvariantCulture), "--seed", "7", "--out", path]);
        await python.WaitForExitAsync(cancel);
        return python.ExitCode == 0 ? path : throw new InvalidOperationException("The generator failed.");
    }

    // The matcher must not see the truth.
    private static List<string> Blind(string whole, string blind)
    {
        var truth = new List<string>();
        using var writer = new StreamWriter(blind);
        foreach (var line in File.ReadLines(whole))
        {
            var comma = line.LastIndexOf(',');
            writer.Write(line.AsSpan(0, comma));
            writer.Write('\n');
            truth.Add(line[(comma + 1)..]);
        }
        truth.RemoveAt(0);
        return truth;
    }

    // Bagga and Baldwin (1998): for each record, how much of its profile is of its person, and how much of its person is in its profile.
    private static (double Precision, double Recall, double F1) BCubed(List<string> truth, int[] profiles)
    {
        var persons = truth.CountBy(t => t).ToDictionary();
        var sizes = profiles.CountBy(p => p).ToDictionary();
        double precision = 0, recall = 0;
        foreach (var ((person, profile), both) in truth.Zip(profiles).CountBy(p => p))
        {
            precision += (double)both * both / sizes[profile];
            recall += (double)both * both / persons[person];
        }
        (precision, recall) = (precision / truth.Count, recall / truth.Count);
        return (precision, recall, 2 * precision * recall / (precision + recall));
    }

    // VmHWM: the most that this process ever had in memory, KB.
    private static double Peak() => !File.Exists("/proc/self/status") ? double.NaN
        : double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
}
