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
        var said = Dialect.InTexts(Sql.Of($"name"), needs.Traits);
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
                select profile_id, seq, case when {said} then name end, ts, case when {said} then value end from trait_said
                where {people} and seq <= case when seq % 2 = 0 then {upto.Messages * 2} else {upto.Records * 2 + 1} end
                """), Read, cancel))
            {
                known.Add(row.Profile);
                if (row.Name is not null) facts[row.Profile].Add(new(row.Profile, FactKind.Trait, row.Name, row.Seq, row.At, LiveTail.Json(row.Value!)));
            }
        }, cancel);
        return facts.ToDictionary(f => f.Key, f => new LiveHistory(known.Contains(f.Key), f.Value));
    }

    private static (ProfileId Profile, long Seq, string? Name, DateTimeOffset At, string? Value) Read(Row row) =>
        (row.ProfileId(0), row.Long(1), row.TextOrNull(2), row.Time(3), row.TextOrNull(4));
}
