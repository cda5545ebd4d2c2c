using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify.Batch;

/// <summary>
/// Reads what is matched out of what was said of traits. A unit is a record, by the newest that it said; of a profile that has no record, all
/// that its streams said, under its strongest identifier.
/// </summary>
internal sealed class UnitReader(Stores stores, IdentifierRules rules, MatchConfig config, GroupBook groups)
{
    private static Sql Newest => Sql.Of($"distinct on (t.named_by, t.source, t.name) t.named_by, t.source, t.name, t.value, t.seq");

    private const int BatchSize = 5_000;

    private readonly Dictionary<(string Source, bool IsAccount), SourceRows> _rows = [];
    private readonly HashSet<int> _recorded = [];
    private readonly Dictionary<int, Streamed> _streamed = [];
    private long _read;

    private sealed record Said(Identifier Unit, string Source, Dictionary<string, string> Values, long Seq);

    private sealed class Streamed(bool isAccount)
    {
        public bool IsAccount => isAccount;
        public List<Said> Words { get; } = [];
    }

    /// <summary>All that was said up to a place: the sources with their rows, in the order of their names.</summary>
    public Task<IReadOnlyList<SourceRows>> ReadAsync(Reached reached, Action<long> progress, CancellationToken cancel) => ReadAsync(isRecord => stores.Warehouse.StreamAsync(Sql.Of($"""
        select * from (select {Newest} from trait_log t where t.named_by is not null and t.value <> '' and {Reached.Track(isRecord)} and t.seq <= {reached.Of(isRecord)} order by t.named_by, t.source, t.name, t.seq desc) as newest
        order by named_by, source, name
        """), Read, cancel), progress, cancel);

    /// <summary>What was said in the name of some identifiers, up to a place.</summary>
    public Task<IReadOnlyList<SourceRows>> ReadAsync(IReadOnlyCollection<Identifier> named, Reached reached, CancellationToken cancel)
    {
        return ReadAsync(SaidAsync, _ => { }, cancel);

        async IAsyncEnumerable<(string, string, string, string, long)> SaidAsync(bool isRecord)
        {
            foreach (var row in await stores.Warehouse.ReadAsync(s => s.ListChunkedAsync([.. named.Select(n => new object?[] { n.ToString() })], rows => Sql.Of($"""
                with v(named_by) as ({rows})
                select {Newest} from v join trait_log t on t.named_by = v.named_by where t.value <> '' and {Reached.Track(isRecord)} and t.seq <= {reached.Of(isRecord)} order by t.named_by, t.source, t.name, t.seq desc
                """), Read, cancel), cancel)) yield return row;
        }
    }

    private static (string NamedBy, string Source, string Name, string Value, long Seq) Read(Row r) => (r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Long(4));

    private async Task<IReadOnlyList<SourceRows>> ReadAsync(Func<bool, IAsyncEnumerable<(string, string, string, string, long)>> said, Action<long> progress, CancellationToken cancel)
    {
        await EachAsync(said(true), TakeRecordsAsync, progress, cancel);
        await EachAsync(said(false), TakeStreamedAsync, progress, cancel);
        foreach (var (group, streamed) in _streamed.OrderBy(s => s.Key)) Flush(group, streamed);
        var rows = _rows.Values.OrderBy(r => r.Source, StringComparer.Ordinal).ThenBy(r => r.IsAccount).ToList();
        foreach (var source in rows) await ContactsAsync(source, cancel);
        return rows;
    }

    private async Task EachAsync(IAsyncEnumerable<(string NamedBy, string Source, string Name, string Value, long Seq)> rows, Func<List<Said>, CancellationToken, Task> take, Action<long> progress, CancellationToken cancel)
    {
        var batch = new List<Said>();
        var (named, source) = ("", "");
        Said? at = null;
        await foreach (var row in rows)
        {
            if (row.NamedBy != named || row.Source != source)
            {
                (named, source, at) = (row.NamedBy, row.Source, null);
                if (batch.Count == BatchSize) await DoneAsync();
                if (config.Of(source).Use && Identifier.TryParse(named, out var unit) && !groups.Quarantined.Contains(unit)) batch.Add(at = new(unit, source, new(StringComparer.Ordinal), row.Seq));
            }
            if (at is not null) SourceRows.Flatten(row.Name, row.Value, at.Values);
        }
        await DoneAsync();

        async Task DoneAsync()
        {
            await take(batch, cancel);
            progress(_read += batch.Count);
            batch.Clear();
        }
    }

    private async Task TakeRecordsAsync(List<Said> batch, CancellationToken cancel)
    {
        foreach (var (said, group, isAccount) in await OwnedAsync(batch, cancel))
        {
            _recorded.Add(group);
            Rows(said.Source, isAccount).Add(said.Unit, group, said.Values);
        }
    }

    private async Task TakeStreamedAsync(List<Said> batch, CancellationToken cancel)
    {
        foreach (var (said, group, isAccount) in await OwnedAsync(batch, cancel))
        {
            if (_recorded.Contains(group)) continue;
            if (!_streamed.TryGetValue(group, out var streamed)) _streamed[group] = streamed = new(isAccount);
            streamed.Words.Add(said);
        }
    }

    private void Flush(int group, Streamed streamed)
    {
        var unit = rules.Strongest(streamed.Words.Select(w => w.Unit)).First();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var said in streamed.Words.OrderBy(w => w.Seq)) foreach (var (field, value) in said.Values) values[field] = value;
        var source = streamed.Words.Where(w => w.Unit == unit).MaxBy(w => w.Seq)!.Source;
        Rows(source, streamed.IsAccount).Add(unit, group, values);
    }

    private async Task<List<(Said Said, int Group, bool IsAccount)>> OwnedAsync(List<Said> batch, CancellationToken cancel)
    {
        var owners = await stores.Ledger.ReadAsync(s => GroupBook.OwnersAsync(s, [.. batch.Select(b => b.Unit).Distinct()], cancel), cancel);
        return [.. batch.Where(b => owners.ContainsKey(b.Unit)).Select(b => (b, groups.Of(b.Unit, owners[b.Unit].Id), owners[b.Unit].Kind == People.Account))];
    }

    // An e-mail or telephone that a mapping took as an identifier and not as a trait: the ledger has it beside the record's key.
    private async Task ContactsAsync(SourceRows rows, CancellationToken cancel)
    {
        foreach (var type in new[] { Identifier.Email, Identifier.Phone })
        {
            if (rows.Find(type) is not null) continue;
            var known = await stores.Ledger.ReadAsync(s => s.ListChunkedAsync([.. rows.Units.Select(u => new object?[] { u.Type, u.Value })], v => Sql.Of($"""
                with v(type, value) as ({v})
                select v.type, v.value, l.right_value from v join link l on l.left_type = v.type and l.left_value = v.value where l.right_type = {type} and l.rule = {Link.SeenTogether} and l.revoked_at is null
                """), r => (Unit: new Identifier(r.Text(0), r.Text(1)), Value: r.Text(2)), cancel), cancel);
            var values = known.GroupBy(k => k.Unit).ToDictionary(g => g.Key, g => g.Select(k => k.Value).Min(StringComparer.Ordinal)!);
            foreach (var unit in rows.Units.Where(u => u.Type == type)) values[unit] = unit.Value;
            rows.Add(type, values);
        }
    }

    private SourceRows Rows(string source, bool isAccount) => _rows.TryGetValue((source, isAccount), out var rows) ? rows : _rows[(source, isAccount)] = new(source, isAccount);
}
