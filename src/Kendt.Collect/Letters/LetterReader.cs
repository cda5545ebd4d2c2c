using System.Text;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Collect;

/// <summary>Says what a dead letter becomes if it is taken now, by the way that it came in.</summary>
public sealed class LetterReader(Stores stores, WebhookSetups webhooks, TimeProvider time)
{
    private const string Stands = " The event stands as it was taken, for events do not change: discard this letter, or send the event again under another key.";

    private readonly Dictionary<(string Source, string Name), Mapping> _mappings = [];

    /// <param name="mapping">Reads a row instead of the mapping that it came with; null for that one.</param>
    internal async Task<Becoming> ReadAsync(DeadLetter letter, Mapping? mapping, CancellationToken cancel)
    {
        var way = letter.Origin.Split(':', 3);
        switch (way[0])
        {
            case "intake" or "message":
                return Messages(letter, isInLog: way[0] == "message");
            case Webhooks.Origin:
                return await webhooks.FindAsync(letter.Source, cancel) is { } found
                    ? await WebhookReader.ReadAsync(found.Setup, letter.Text, letter.ReceivedAt, time, cancel)
                    : Becoming.No($"The source '{letter.Source}' has no webhook file any more, so nothing says what to make of it.");
            case "import" when way is [_, _, "message"]:
                return Messages(letter, isInLog: false);
            case "import" when way.Length == 3:
                mapping ??= await MappingAsync(letter, Guid.TryParse(way[1], out var import) ? import : default, cancel);
                return mapping is null ? Messages(letter, isInLog: false) : await RowAsync(letter, mapping, cancel);
            case "record" when way.Length == 3:
                mapping ??= await NewestMappingAsync(letter, way[2], cancel);
                return await RowAsync(letter, mapping, cancel);
            default:
                return Becoming.No($"Kendt does not know how to take again what came by '{way[0]}'.");
        }
    }

    /// <summary>What rows of one event become together.</summary>
    internal async Task<Becoming> ReadAsync(IReadOnlyList<DeadLetter> together, CancellationToken cancel)
    {
        var mapping = (await MappingAsync(together[0], Guid.Parse(together[0].Origin.Split(':')[1]), cancel))!;
        return await RowTaker.ReadAsync(mapping, [.. together.OrderBy(RowOf).Select(l => l.Text)], together[0].ReceivedAt, cancel);
    }

    /// <summary>Keeps a mapping under its name, for rows that are to be read by it.</summary>
    internal Task KeepAsync(Mapping mapping, CancellationToken cancel) => stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
        insert into mapping (source, name, yaml, updated_at) values ({mapping.Source}, {mapping.Name}, {mapping.Yaml}, {time.GetUtcNow()}) on conflict (source, name) do nothing
        """), cancel), cancel);

    // The newest version of each record that letters would give a further version.
    private Task<List<(string Source, string Key, DateTimeOffset ReceivedAt)>> NewestAsync(IReadOnlyList<RecordDraft> drafts, CancellationToken cancel) =>
        stores.Warehouse.ReadAsync(s => s.ListChunkedAsync([.. drafts.Select(d => new object?[] { d.Source, d.Key })], rows => Sql.Of($"""
            with v(source, key) as ({rows}) select r.source, r.key, max(r.received_at) from v join record r on r.source = v.source and r.key = v.key group by r.source, r.key
            """), row => (row.Text(0), row.Text(1), row.Time(2)), cancel), cancel);

    /// <summary>The text of the mapping that reads a letter's row; null if it is no row, or its mapping is gone.</summary>
    internal async Task<string?> MappingTextAsync(DeadLetter letter, CancellationToken cancel)
    {
        var way = letter.Origin.Split(':', 3);
        try
        {
            return way switch
            {
                [_, _, "message"] => null,
                ["import", var id, _] => (await MappingAsync(letter, Guid.TryParse(id, out var import) ? import : default, cancel))?.Yaml,
                ["record", _, var key] => (await NewestMappingAsync(letter, key, cancel)).Yaml,
                _ => null,
            };
        }
        catch (BadInputException)
        {
            return null;
        }
    }

    private static long RowOf(DeadLetter letter) => long.TryParse(letter.Origin.AsSpan(letter.Origin.LastIndexOf(':') + 1), out var row) ? row : 0;

    private Becoming Messages(DeadLetter letter, bool isInLog)
    {
        var call = TrackingCall.Read(Encoding.UTF8.GetBytes(letter.Text), null, time);
        // What lay beyond the limit of a call was kept as it stood: many items, one behind the other.
        if (call is TrackingCall.Unreadable && TrackingCall.Read(Encoding.UTF8.GetBytes($$"""{"batch":[{{letter.Text}}]}"""), null, time) is TrackingCall.Items many) call = many;
        if (call is not TrackingCall.Items items) return Becoming.No(((TrackingCall.Unreadable)call).Message);
        if (items.Refused is [var refused, ..]) return Becoming.No(refused.Reason);
        if (items.Taken.Count == 0) return Becoming.No("There is no message in it.");
        // A message that has no id of its own is known by its letter's, so that it is taken once however often it is tried.
        return new() { Messages = [.. items.Taken.Select(i => i.IdIsGiven || isInLog ? i with { MessageId = items.Taken.Count == 1 ? $"{letter.Id:D}" : $"{letter.Id:D}-{i.Index}" } : i)] };
    }

    private async Task<Becoming> RowAsync(DeadLetter letter, Mapping mapping, CancellationToken cancel)
    {
        if (mapping.Source != letter.Source) return Becoming.No($"The mapping is for the source '{mapping.Source}', the row came from '{letter.Source}'.");
        if (mapping.Rows == RowsAre.Events && letter.Reason.StartsWith(ImportRun.LeftOut, StringComparison.Ordinal))
            return Becoming.No(letter.Reason.EndsWith(Stands, StringComparison.Ordinal) ? letter.Reason : letter.Reason + Stands);
        var becomes = await RowTaker.ReadAsync(mapping, [letter.Text], letter.ReceivedAt, cancel);
        if (becomes.Records.Count == 0 || becomes.Refused is not null) return becomes;
        return (await NewestAsync(becomes.Records, cancel)).Exists(n => n.ReceivedAt > letter.ReceivedAt)
            ? Becoming.No("A newer version of this row was taken since. Discard this letter, or import the row again.") : becomes;
    }

    private async Task<Mapping?> MappingAsync(DeadLetter letter, Guid import, CancellationToken cancel)
    {
        var name = letter.Mapping ?? await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select mapping from import where import_id = {import}"), r => r.Text(0), cancel), cancel)
            ?? throw new BadInputException("The import that this row came with is not known any more.");
        return name.Length == 0 ? null : await StoredAsync(letter.Source, name, cancel);
    }

    private async Task<Mapping> NewestMappingAsync(DeadLetter letter, string key, CancellationToken cancel)
    {
        var name = letter.Mapping ?? await stores.Warehouse.ReadAsync(s => s.FirstAsync(Sql.Of($"select mapping from record where source = {letter.Source} and key = {key} order by seq desc limit 1"), r => r.Text(0), cancel), cancel)
            ?? throw new BadInputException("The record that this letter is about is not there any more.");
        return await StoredAsync(letter.Source, name, cancel);
    }

    private async Task<Mapping> StoredAsync(string source, string name, CancellationToken cancel)
    {
        lock (_mappings) if (_mappings.TryGetValue((source, name), out var known)) return known;
        var yaml = await stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select yaml from mapping where source = {source} and name = {name}"), r => r.Text(0), cancel), cancel)
            ?? throw new BadInputException($"The mapping '{name}' of the source '{source}' is gone. Give one with the replay.");
        var mapping = MappingFile.Parse(yaml);
        lock (_mappings) _mappings[(source, name)] = mapping;
        return mapping;
    }
}
