using System.Globalization;
using System.Text.RegularExpressions;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>
/// Rows that are devices, handed on in batches. The wall stands here: a row in which anything looks like an e-mail
/// address or a telephone number is refused, because a device must never become a person.
/// </summary>
internal sealed partial class DeviceLoad(Stores stores, Func<IReadOnlyList<DeviceRow>, CancellationToken, Task> take)
{
    private const int Batch = 5_000;

    private readonly List<DeviceRow> _rows = [];
    private readonly List<DeadLetter> _letters = [];

    public async Task RunAsync(ImportRun run, RowFile file, CancellationToken cancel)
    {
        var cells = new Cells(run.Mapping!.Format);
        while (file.Read())
        {
            cancel.ThrowIfCancellationRequested();
            if (file.Number <= run.Begin) continue;
            var row = Read(run, file, cells, out var fault);
            if (row is not null) _rows.Add(row);
            else _letters.Add(run.Refuse(file, fault!));
            if (_rows.Count + _letters.Count >= Batch) await FlushAsync(run, file.Number, cancel);
        }
        await FlushAsync(run, file.Number, cancel);
    }

    private async Task FlushAsync(ImportRun run, long done, CancellationToken cancel)
    {
        if (_rows.Count + _letters.Count == 0) return;
        if (_rows.Count > 0) await take([.. _rows], cancel);
        if (_letters.Count > 0) await stores.Warehouse.WriteAsync(s => DeadLetters.WriteAsync(s, _letters, cancel), cancel);
        run.Taken += _rows.Count;
        await stores.Ledger.WriteAsync(async session =>
        {
            await Projection.WriteAsync(session, run.Offset, done, cancel);
            await session.ExecuteAsync(Sql.Of($"update import set rows_taken = {run.Taken} where import_id = {run.Import.Id.Value}"), cancel);
        }, cancel);
        _rows.Clear();
        _letters.Clear();
        run.Report(done);
    }

    /// <summary>The device that a row is; null, with what is wrong, if it cannot be one.</summary>
    internal static DeviceRow? Read(ImportRun run, RowFile file, Cells cells, out string? fault)
    {
        var mapping = run.Mapping!;
        fault = file.Fault ?? Personal(file);
        if (fault is not null) return null;
        string id = "", kind = "", country = "", region = "";
        var score = 1.0;
        List<string> audiences = [];
        foreach (var column in mapping.Columns)
        {
            var text = cells.Said(file.At(file.Shape.IndexOf(column.Name))).Trim();
            if (text.IsEmpty) continue;
            if (column.Identifier is not null) id = Cells.Plain(text).ToString();
            if (column.IsAudiences) audiences.AddRange(Cells.Plain(text).ToString().Split(column.Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal));
            switch (column.Trait)
            {
                case "kind": kind = Cells.Plain(text).ToString(); break;
                case "country": country = Cells.Plain(text).ToString(); break;
                case "region": region = Cells.Plain(text).ToString(); break;
                case "score" when cells.TryNumber(text, out var number) && number is >= 0 and <= 1: score = (double)number; break;
                case "score": fault = $"'{column.Name}' is no number from 0 to 1."; return null;
            }
        }
        var at = run.Import.CreatedAt;
        if (id.Length == 0) fault = "The device has no id.";
        else if (id.Length > Identifier.MaxLength) fault = $"The device's id is longer than {Identifier.MaxLength} characters.";
        else if (mapping.Time is { } time && !cells.TryTime(file.At(file.Shape.IndexOf(time)), out at)) fault = $"'{time}' is no time.";
        return fault is null ? new(id, mapping.Source, kind, country, region, at, audiences, score) : null;
    }

    private static string? Personal(RowFile file)
    {
        for (var i = 0; i < file.Shape.Names.Count; i++)
        {
            if (IsEmail(file[i])) return string.Create(CultureInfo.InvariantCulture, $"'{file.Shape.Names[i]}' looks like an e-mail address: a feed of devices must not name persons.");
            if (Phone().IsMatch(file[i].Trim())) return string.Create(CultureInfo.InvariantCulture, $"'{file.Shape.Names[i]}' looks like a telephone number: a feed of devices must not name persons.");
        }
        return null;
    }

    private static bool IsEmail(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        return at > 0 && text[(at + 1)..].Contains('.');
    }

    // With an international prefix, or in pairs or threes with spaces; plain digits are ids more often than numbers.
    [GeneratedRegex(@"^(?:(?:\+|00)[1-9](?:[ ().-]?[0-9]){7,14}|[0-9]{2}(?: [0-9]{2}){3}|\(?0[0-9]{1,4}\)?(?: [0-9]{2,5}){2,3})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Phone();
}
