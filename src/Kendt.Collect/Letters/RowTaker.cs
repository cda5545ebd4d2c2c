using System.Buffers;
using System.Text;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// Rows that come one by one and not in a file, as JSON objects: dead letters, webhooks. They are read as a file's are, but
/// whole or not at all: what a file's row would lose of its values, the person who mends this one can still mend.
/// </summary>
internal static class RowTaker
{
    /// <summary>What rows become that belong together; the first that cannot be taken speaks for all.</summary>
    public static async Task<Becoming> ReadAsync(Mapping mapping, IReadOnlyList<string> rows, DateTimeOffset at, CancellationToken cancel)
    {
        var lines = new List<string>();
        foreach (var row in rows)
        {
            if (Line(row) is not { } line) return Becoming.No(NoObject(mapping));
            lines.Add(line);
        }
        // The import is only lent: nothing of it is kept.
        var import = new Import(new(Guid.Empty), mapping.Source, "", "", "", mapping.Name, 0, 0, 0, 0, ImportState.Done, at, null);
        var run = new ImportRun(import, mapping, null, () => 0);
        using var file = new JsonLinesFile(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
        return mapping.Rows switch
        {
            RowsAre.Records => Records(mapping, file, at),
            RowsAre.Events => await EventsAsync(run, file, cancel),
            _ => Devices(run, file),
        };
    }

    private static Becoming Records(Mapping mapping, JsonLinesFile file, DateTimeOffset at)
    {
        var (keys, reader, drafts) = (new RowKeys(mapping), new RecordReader(mapping), new List<RecordDraft>());
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(bytes, JsonWords.Writing);
        while (file.Read())
        {
            if (file.Fault is { } fault) return Becoming.No(fault);
            var body = Encoding.UTF8.GetString(RowBody.Write(file, bytes, writer).WrittenSpan);
            if (keys.Of(file, bytes.WrittenSpan) is not { } key) return Becoming.No(keys.Missing);
            if (reader.Read(new(0, mapping.Source, key, mapping.Name, body, at)).Reason is { } reason) return Becoming.No(Whole(reason));
            drafts.Add(new(mapping.Source, key, mapping.Name, body, null));
        }
        return new() { Records = drafts };
    }

    private static async Task<Becoming> EventsAsync(ImportRun run, JsonLinesFile file, CancellationToken cancel)
    {
        var gathered = new Gathered();
        using (var load = new EventLoad(gathered, run.Mapping!)) await load.RunAsync(run, file, cancel);
        if (gathered.Reason is { } reason) return Becoming.No(Whole(reason));
        return new() { Messages = gathered.Items, Event = run.Mapping!.HasLines && gathered.Items is [var first, ..] ? first.MessageId : null };
    }

    private static Becoming Devices(ImportRun run, JsonLinesFile file)
    {
        var (cells, devices) = (new Cells(run.Mapping!.Format), new List<DeviceRow>());
        while (file.Read())
        {
            if (DeviceLoad.Read(run, file, cells, out var fault) is not { } device) return Becoming.No(fault!);
            devices.Add(device);
        }
        return new() { Devices = devices };
    }

    // In a file the rest of the row stands. Here nothing was taken.
    private static string Whole(string reason) => reason.StartsWith(ImportRun.LeftOut, StringComparison.Ordinal) ? "Not taken: " + reason[ImportRun.LeftOut.Length..] : reason;

    private static string? Line(string row)
    {
        try
        {
            using var json = JsonDocument.Parse(row);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return null;
            // White space between words goes: a row is one line.
            return row.AsSpan().IndexOfAny('\n', '\r') < 0 ? row : JsonSerializer.Serialize(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string NoObject(Mapping mapping) =>
        $"The row is not a JSON object of its columns. Write it as {{\"column\": \"value\"}}; the mapping names the columns {string.Join(", ", mapping.Named.Take(40).Select(c => $"'{c}'"))}.";

    private sealed class Gathered : ITakesEvents
    {
        public List<Item> Items { get; } = [];

        public string? Reason { get; private set; }

        public bool IsOverfull => false;

        public void Add(Item item) => Items.Add(item);

        public void Add(DeadLetter letter) => Reason ??= letter.Reason;

        public Task MakeRoomAsync(ImportRun run, long done, CancellationToken cancel) => Task.CompletedTask;

        public Task FlushAsync(ImportRun run, long done, CancellationToken cancel) => Task.CompletedTask;
    }
}
