using Kendt.Model;
using Kendt.Store;

namespace Kendt.Segments.Live;

/// <summary>What the warehouse holds of one profile up to an offset.</summary>
/// <param name="IsKnown">Something was said of it or it did something, looked at by a rule or not.</param>
internal sealed record LiveHistory(bool IsKnown, IReadOnlyList<LiveFact> Facts)
{
    /// <summary>The needed facts of each of these profiles, by the ids that hold now.</summary>
    public static async Task<IReadOnlyDictionary<ProfileId, LiveHistory>> OfAsync(Stores stores, IReadOnlyList<ProfileId> profiles, LiveNeeds needs, LiveOffsets upto, CancellationToken cancel)
    {
        var facts = profiles.ToDictionary(id => id, _ => new List<LiveFact>());
        var known = new HashSet<ProfileId>();
        var people = Sql.Of($"profile_id in ({FilterSql.People(profiles)})");
        var happened = Sql.Of($"type = 'track' and {Dialect.InTexts(Sql.Of($"name"), needs.Events.Keys)}");
        var looked = Dialect.InTexts(Sql.Of($"name"), needs.Traits);
        await stores.Warehouse.ReadAsync(async s =>
        {
            await foreach (var row in s.QueryAsync(Sql.Of($"""
                select profile_id, seq, case when {happened} then name end, ts, case when {happened} then properties end from event where {people} and seq <= {upto.Messages}
                """), Read, cancel))
            {
                known.Add(row.Profile);
                if (row.Name is not null) facts[row.Profile].Add(new(row.Profile, FactKind.Event, row.Name, row.Seq, row.At, LiveTail.Picked(row.Value!, needs.Events[row.Name].Keys)));
            }
            await foreach (var row in s.QueryAsync(Sql.Of($"""
                select profile_id, seq, case when {looked} and value <> '' then name end, ts, case when {looked} then value end, source, case when {looked} and {LiveTail.ByRecord} then evidence else '' end from trait_said
                where {people} and seq <= case when seq % 2 = 0 then {upto.Messages * 2} else {upto.Records * 2 + 1} end
                """), r => (Said: Read(r), Source: r.Text(5), Record: r.Text(6)), cancel))
            {
                var said = row.Said;
                known.Add(said.Profile);
                if (said.Name is not null) facts[said.Profile].Add(new(said.Profile, FactKind.Trait, said.Name, said.Seq, said.At, LiveTail.Json(said.Value!), row.Source, row.Record));
            }
        }, cancel);
        return facts.ToDictionary(f => f.Key, f => new LiveHistory(known.Contains(f.Key), f.Value));
    }

    private static (ProfileId Profile, long Seq, string? Name, DateTimeOffset At, string? Value) Read(Row row) =>
        (row.ProfileId(0), row.Long(1), row.TextOrNull(2), row.Time(3), row.TextOrNull(4));
}
