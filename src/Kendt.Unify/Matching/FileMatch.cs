using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kendt.Model;
using Kendt.Unify.Matching.Blocking;
using Kendt.Unify.Matching.Reading;
using Kendt.Unify.Matching.Rules;

namespace Kendt.Unify.Matching;

/// <summary>What a run over a file did; written as JSON by <c>--report</c>.</summary>
public sealed record MatchReport
{
    public int Records { get; init; }
    public long PairsCompared { get; init; }
    public int Clusters { get; init; }
    public int LargestCluster { get; init; }

    /// <summary>From this weight (logarithm of the odds, base 2) a pair counts as one; chosen without labels.</summary>
    public double Threshold { get; init; }

    /// <summary>How many true pairs there are, and how many of them no key brought together: both estimated.</summary>
    public double TruePairsEstimated { get; init; }
    public double TruePairsMissedEstimated { get; init; }

    /// <summary>Pairs of groups that were too large to be compared.</summary>
    public long PairsLeftOut { get; init; }

    /// <summary>Seconds by the clock, and of all processors together, by stage.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }
    public required IReadOnlyDictionary<string, double> CpuSeconds { get; init; }

    public required IReadOnlyList<ColumnReport> Columns { get; init; }
    public required IReadOnlyList<BlockingKey> Blocking { get; init; }
    public required IReadOnlyList<LearntComparison> Comparisons { get; init; }
}

/// <summary>What a column was taken for.</summary>
public sealed record ColumnReport(string Column, Meaning Meaning, string Because);

/// <summary>What is read, and what is written.</summary>
public sealed record FileMatchOptions
{
    /// <summary>A delimited file with headings.</summary>
    public required string Csv { get; init; }

    /// <summary>Gets <c>rec_id,profile_id</c>, a row for each row. It is there when the run is done, or not at all.</summary>
    public required string Out { get; init; }

    /// <summary>The column that names the rows. Default: <c>rec_id</c>.</summary>
    public string Id { get; init; } = "rec_id";

    /// <summary>The column that names the source, when sources without duplicates of their own are linked.</summary>
    public string? Link { get; init; }

    /// <summary>Gets the <see cref="MatchReport"/> as JSON.</summary>
    public string? Report { get; init; }

    /// <summary>A list of <see cref="MatchRule"/>s as JSON, which hold besides what is learnt.</summary>
    public string? Rules { get; init; }

    /// <summary>A model: used if the file is there, else learnt and written to it.</summary>
    public string? Model { get; init; }

    /// <summary>Gets <c>profile_id,household_id</c> of profiles that live with others.</summary>
    public string? Households { get; init; }

    /// <summary>What chance follows from. Default: 7.</summary>
    public ulong Seed { get; init; } = 7;
}

/// <summary>Matches the rows of one file: from CSV to CSV, without a workspace.</summary>
public static class FileMatch
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Runs all stages.</summary>
    /// <exception cref="BadInputException">The file cannot be used; the message says why.</exception>
    public static MatchReport Run(FileMatchOptions options, IProgress<string> progress, CancellationToken cancel)
    {
        var clock = new StageClock(progress);
        var rules = options.Rules is { } file ? Given<MatchRule[]>(file, "rules") : [];
        var model = options.Model is { } kept && File.Exists(kept) ? MatchModel.FromJson(File.ReadAllText(kept)) : null;
        var table = clock.Run("read", () => CsvTable.Read(options.Csv, cancel));
        if (table.Rows == 0) throw new BadInputException("The file has no rows below its headings.");
        var id = table.Named(options.Id, "it must name the rows; say which one does with --id COLUMN");
        var link = options.Link is null ? null : table.Named(options.Link, "--link says that it names each row's source");
        Unique(id);
        if (link is not null && link.Numbers.Contains(0)) throw new BadInputException($"Row {link.Numbers.IndexOf(0) + 1} has no value in '{link.Name}': with --link every row needs its source.");
        var matcher = clock.Run("prepare", () => Matcher.Prepare(table, new() { Id = id, Link = link, Seed = options.Seed, Rules = rules, Model = model }));
        clock.Run("block", matcher.Block);
        clock.Run("learn", () => matcher.Learn(cancel));
        clock.Run("score", () => matcher.Score(cancel));
        var clusters = clock.Run("cluster", () => matcher.Cluster(cancel));
        var sizes = clock.Run("write", () => Write(options.Out, id, clusters));
        if (options.Households is { } households) Replace(households, stream => Write(stream, clusters, matcher.HouseholdOfCluster()));
        if (model is null && options.Model is { } learnt) Replace(learnt, stream => stream.Write(Encoding.UTF8.GetBytes(matcher.Model!.ToJson())));
        var report = new MatchReport
        {
            Records = table.Rows,
            PairsCompared = matcher.Compared,
            Clusters = sizes.Count,
            LargestCluster = sizes.Largest,
            Threshold = Math.Round(matcher.Threshold, 4),
            TruePairsEstimated = Math.Round(matcher.Expected),
            TruePairsMissedEstimated = Math.Round(matcher.Missed),
            PairsLeftOut = matcher.Keys.Sum(k => k.PairsLeftOut),
            Seconds = clock.Seconds,
            CpuSeconds = clock.CpuSeconds,
            Blocking = matcher.Keys,
            Comparisons = matcher.Comparisons,
            Columns = [.. matcher.Columns.Select(c => new ColumnReport(c.Column.Name, c.Meaning, c.Because))],
        };
        if (options.Report is { } path) Replace(path, stream => JsonSerializer.Serialize(stream, report, Json));
        return report;
    }

    private static T Given<T>(string path, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json) ?? throw new BadInputException($"'{path}' holds no {what}.");
        }
        catch (JsonException fault)
        {
            throw new BadInputException($"The {what} in '{path}' cannot be read ({fault.Path ?? "they are not JSON"}). They look like: [{{\"name\": \"same mail\", \"all\": [{{\"of\": \"email\"}}], \"unless\": [{{\"of\": \"given_name\", \"how\": \"different\", \"atLeast\": 0.6}}]}}].", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The file '{path}' cannot be read ({fault.Message}).", fault);
        }
    }

    // Profiles have the numbers that they have in the other file.
    private static void Write(Stream stream, int[] clusters, int[] households)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("profile_id,household_id");
        var numbers = new Dictionary<int, int>();
        foreach (var cluster in clusters)
        {
            if (!numbers.TryAdd(cluster, numbers.Count + 1) || households[cluster] < 0) continue;
            writer.WriteLine($"{numbers[cluster]},{households[cluster] + 1}");
        }
    }

    private static void Unique(Column id)
    {
        var seen = new int[id.Distinct + 1];
        for (var row = 0; row < id.Rows; row++)
        {
            var number = id.Numbers[row];
            if (number == 0) throw new BadInputException($"Row {row + 1} has no value in '{id.Name}', which names the rows. Give it one, or name another column with --id.");
            if (seen[number] != 0) throw new BadInputException($"Rows {seen[number]} and {row + 1} have the same value in '{id.Name}', which names the rows. Every row needs its own; name another column with --id if this one does not name rows.");
            seen[number] = row + 1;
        }
    }

    // Clusters are numbered as they come in the file.
    private static (int Count, int Largest) Write(string path, Column id, int[] clusters)
    {
        var numbers = new int[clusters.Length];
        var sizes = new int[clusters.Length];
        var count = 0;
        Replace(path, stream =>
        {
            var buffer = new byte[1 << 20];
            var length = "rec_id,profile_id\n"u8.Length;
            "rec_id,profile_id\n"u8.CopyTo(buffer);
            for (var row = 0; row < clusters.Length; row++)
            {
                if (buffer.Length - length < 2 * ValueDictionary.Longest + 32)
                {
                    stream.Write(buffer, 0, length);
                    length = 0;
                }
                ref var number = ref numbers[clusters[row]];
                if (number == 0) number = ++count;
                sizes[number - 1]++;
                length += Field(id.Value(id.Numbers[row]), buffer.AsSpan(length));
                buffer[length++] = (byte)',';
                number.TryFormat(buffer.AsSpan(length), out var digits);
                length += digits;
                buffer[length++] = (byte)'\n';
            }
            stream.Write(buffer, 0, length);
        });
        return (count, sizes.Max());
    }

    private static int Field(ReadOnlySpan<byte> value, Span<byte> into)
    {
        if (value.IndexOfAny(",\"\n\r"u8) < 0)
        {
            value.CopyTo(into);
            return value.Length;
        }
        var length = 0;
        into[length++] = (byte)'"';
        foreach (var c in value)
        {
            if (c == '"') into[length++] = c;
            into[length++] = c;
        }
        into[length++] = (byte)'"';
        return length;
    }

    private static void Replace(string path, Action<Stream> write)
    {
        var beside = path + ".part";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1)) write(stream);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw new CannotException($"'{path}' cannot be written ({fault.Message}).", fault);
        }
    }

    private sealed class StageClock(IProgress<string> progress)
    {
        public Dictionary<string, double> Seconds { get; } = [];

        public Dictionary<string, double> CpuSeconds { get; } = [];

        public void Run(string stage, Action work) => Run(stage, () => { work(); return true; });

        public T Run<T>(string stage, Func<T> work)
        {
            progress.Report(stage);
            var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var result = work();
            Seconds[stage] = Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 3);
            CpuSeconds[stage] = Math.Round((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, 3);
            return result;
        }
    }
}
