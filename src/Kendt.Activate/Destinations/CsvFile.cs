using System.Text;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Activate;

/// <summary>
/// A file for each delivery: <c>exports/DESTINATION/DELIVERY.csv</c> in the workspace's folder, UTF-8 without a mark,
/// RFC 4180, the first column <c>profile_id</c>. The file appears whole or not at all, and only the owner of the process
/// may read it. See <see cref="CsvText"/> for how formulas are made harmless.
/// </summary>
public sealed class CsvFile(string workspaceFolder) : IDestination
{
    private const string IdColumn = "profile_id";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public string Kind => "csv";

    public string Title => "CSV file";

    public IReadOnlyList<DestinationField> Fields { get; } =
    [
        new()
        {
            Name = DestinationSettings.Fields, Title = "Columns", Kind = FieldKind.List,
            Help = "Which fields of a person become columns, in this order, with commas between: email, traits.city. Empty: all there are, by name.",
        },
    ];

    /// <summary>Where the file of a delivery is.</summary>
    public string PathOf(string destination, DeliveryId delivery) => Path.Combine(FolderOf(destination), delivery + ".csv");

    public int? BatchSizeOf(DestinationSettings settings) => null;

    public async Task<TestAnswer> TestAsync(DestinationSettings settings, CancellationToken cancel)
    {
        try
        {
            var probe = Path.Combine(FolderOf(settings.Name), ".test");
            await WriteAsync(probe, ["test\r\n"], cancel);
            File.Delete(probe);
            return new TestAnswer.Works();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new TestAnswer.Fault($"The folder '{FolderOf(settings.Name)}' cannot be written to ({fault.Message}). Check that the disk has room and that Kendt may write there.");
        }
    }

    public async Task<IReadOnlyList<SendResult>> SendAsync(DestinationSettings settings, Permit<IReadOnlyList<OutboxItem>> permit, CancellationToken cancel)
    {
        var items = permit.Value;
        SendResult result;
        try
        {
            var columns = ColumnsOf(settings, items);
            await WriteAsync(PathOf(settings.Name, items[0].Delivery), Lines(columns, items), cancel);
            result = new SendResult.Delivered();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            result = new SendResult.RetryAfter(null, $"the file cannot be written: {fault.Message}");
        }
        return [.. Enumerable.Repeat(result, items.Count)];
    }

    /// <summary>Takes the person out of the files that are still in the folder; copies elsewhere are the company's to find.</summary>
    public async Task<EraseAnswer> DeleteAsync(DestinationSettings settings, IReadOnlyList<ProfileId> ids, CancellationToken cancel)
    {
        var names = ids.Select(id => id.ToString()).ToHashSet(StringComparer.Ordinal);
        var folder = FolderOf(settings.Name);
        var changed = 0;
        try
        {
            foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.csv") : [])
            {
                if (!Records(file).Any(record => names.Contains(IdOf(record)))) continue;
                await WriteAsync(file, Records(file).Where(record => !names.Contains(IdOf(record))), cancel);
                changed++;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new EraseAnswer.Failed($"The files in '{folder}' cannot be rewritten ({fault.Message}).");
        }
        return new EraseAnswer.Erased($"Taken out of {changed} files in '{folder}'. Copies that were brought elsewhere have to be looked for there.");
    }

    private string FolderOf(string destination) => Path.Combine(workspaceFolder, "exports", destination);

    private static IEnumerable<string> Records(string file)
    {
        using var reader = new StreamReader(file, Utf8);
        foreach (var record in CsvText.Records(reader)) yield return record;
    }

    private static string IdOf(string record) => record[..Math.Max(0, record.AsSpan().IndexOfAny(",\r\n"))];

    private static IReadOnlyList<string> ColumnsOf(DestinationSettings settings, IReadOnlyList<OutboxItem> items)
    {
        var chosen = settings.List(DestinationSettings.Fields);
        if (chosen.Count > 0) return chosen;
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            using var payload = JsonDocument.Parse(item.Payload);
            foreach (var (path, _) in Payload.Flatten(payload.RootElement)) found.Add(path);
        }
        return [.. found];
    }

    private static IEnumerable<string> Lines(IReadOnlyList<string> columns, IReadOnlyList<OutboxItem> items)
    {
        yield return CsvText.Line([IdColumn, .. columns]);
        foreach (var item in items)
        {
            using var payload = JsonDocument.Parse(item.Payload);
            var cells = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (path, text) in Payload.Flatten(payload.RootElement)) cells[path] = text;
            yield return CsvText.Line([item.Profile.ToString(), .. columns.Select(column => cells.GetValueOrDefault(column, ""))]);
        }
    }

    // Whole and on disk under another name first: who finds the file finds all of it, also after a crash.
    private static async Task WriteAsync(string path, IEnumerable<string> lines, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".draft";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new FileStream(draft, options))
        {
            await using (var text = new StreamWriter(file, Utf8, leaveOpen: true))
            {
                foreach (var line in lines) await text.WriteAsync(line.AsMemory(), cancel);
            }
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
    }
}
