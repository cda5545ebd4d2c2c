using Kendt.Model.Merging;
using Kendt.Store;

namespace Kendt.Unify.Merging;

/// <summary>What a policy would change of what is shown now. Without anybody's data: examples name people and are read when they are looked at.</summary>
/// <param name="Profiles">Profiles that would show something else.</param>
/// <param name="Traits">By the name that is shown, those that would change most first.</param>
/// <param name="Segments">Segments whose members would be others.</param>
public sealed record MergeEffect(long Profiles, IReadOnlyList<MergedTrait> Traits, IReadOnlyList<MergedSegment> Segments)
{
    public static MergeEffect None { get; } = new(0, [], []);
}

/// <summary>One trait.</summary>
/// <param name="Profiles">Profiles of whom something is said of it.</param>
/// <param name="Contested">Those of whom two or more different things are said at once.</param>
/// <param name="Changed">Those who would show another value.</param>
/// <param name="Examples">Some of the changed, or of the contested if none changes.</param>
public sealed record MergedTrait(string Name, long Profiles, long Contested, long Changed, IReadOnlyList<string> Examples);

/// <summary>A segment and how many would enter and leave it.</summary>
public sealed record MergedSegment(string Segment, long Entering, long Leaving);

/// <summary>Finds what a policy would change, over everybody, in a few statements.</summary>
public static class MergeEffects
{
    private const int Examples = 5;

    /// <summary>The traits as two policies show them.</summary>
    public static async Task<MergeEffect> FindAsync(Engine warehouse, MergePolicy before, MergePolicy after, DateTimeOffset asOf, CancellationToken cancel)
    {
        var names = before.Differences(after);
        var changed = MergeSql.Differences(names, asOf, MergeTables.Of(before), MergeTables.Of(after));
        var (said, contested, differing, profiles) = await warehouse.ReadAsync(async s => (
            await s.ListAsync(Sql.Of($"select name, count(distinct profile_id) from trait_said where value <> '' group by name"), r => (Name: r.Text(0), Count: r.Long(1)), cancel),
            await PickedAsync(s, Sql.Of($"""
                select name, profile_id from (
                    select distinct on (profile_id, name, case when evidence like 'record:%' then evidence else source end) profile_id, name, value
                    from trait_said where value <> '' order by profile_id, name, case when evidence like 'record:%' then evidence else source end, ts desc, seq desc) as word
                where value not in ('null', '""') group by profile_id, name having count(distinct value) > 1
                """), cancel),
            names.Count == 0 ? [] : await PickedAsync(s, Sql.Of($"select name, profile_id from ({changed}) as changed"), cancel),
            names.Count == 0 ? 0 : await s.CountAsync(Sql.Of($"select count(distinct profile_id) from ({changed}) as changed"), cancel)), cancel);
        var every = said.Select(n => n.Name).Concat(differing.Keys).Distinct(StringComparer.Ordinal);
        var counts = said.ToDictionary(n => n.Name, n => n.Count, StringComparer.Ordinal);
        return new(profiles, [.. every.Select(name =>
        {
            var (contests, changes) = (contested.GetValueOrDefault(name), differing.GetValueOrDefault(name));
            return new MergedTrait(name, counts.GetValueOrDefault(name), contests.Count, changes.Count, (changes.Count > 0 ? changes : contests).Some ?? []);
        }).OrderByDescending(t => t.Changed).ThenByDescending(t => t.Contested).ThenBy(t => t.Name, StringComparer.Ordinal)], []);
    }

    // How many of each name, and the first of them.
    private static async Task<Dictionary<string, (long Count, IReadOnlyList<string> Some)>> PickedAsync(Session s, Sql people, CancellationToken cancel) => (await s.ListAsync(Sql.Of($"""
        select name, profile_id, n from (
            select name, profile_id, count(*) over (partition by name) as n, row_number() over (partition by name order by profile_id) as place from ({people}) as found) as counted
        where place <= {(long)Examples} order by name, place
        """), r => (Name: r.Text(0), Profile: r.ProfileId(1), Count: r.Long(2)), cancel)).GroupBy(r => r.Name, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => (g.First().Count, (IReadOnlyList<string>)[.. g.Select(r => r.Profile.ToString())]), StringComparer.Ordinal);
}
