using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Reads what the ledger knows of the identifiers of a batch: owners, what they have, what was decided and, where it matters, refused. Set-based.</summary>
internal static class StitchLoad
{
    internal static async Task RunAsync(Session ledger, IdentifierRules rules, People people, IReadOnlyList<Sighting> sightings, CancellationToken cancel)
    {
        object?[][] asked = [.. sightings.SelectMany(s => s.Identifiers).Distinct().Select(i => new object?[] { i.Type, i.Value })];
        var known = await ledger.ListChunkedAsync(asked,
            rows => Sql.Of($"""
                with v(type, value) as ({rows})
                select i.type, i.value, i.profile_id, p.kind from v join identifier i on i.type = v.type and i.value = v.value
                join profile p on p.profile_id = i.profile_id
                """),
            r => (Identifier: new Identifier(r.Text(0), r.Text(1)), Id: r.ProfileId(2), Kind: r.Text(3)), cancel);
        foreach (var (identifier, id, kind) in known) people.Know(identifier, id, kind);
        // A value that was always refused belongs to nobody, and may be all that is known here.
        if (people.IsExact) await RefusedAsync(ledger, people, asked, cancel);
        object?[][] ids = [.. known.Select(k => k.Id).Distinct().Select(id => new object?[] { id })];
        if (ids.Length == 0)
        {
            people.Standing = await Standing.ReadAsync(ledger, asked, ids, cancel);
            return;
        }
        var periods = rules.Types.Where(t => t.Within is not null).ToArray();
        var periodic = Sql.Join(", ", periods.Select(t => Sql.Value(t.Type)).DefaultIfEmpty(Sql.Value("")));
        // Said so that no engine reads all identifiers of a type to find those of a few profiles.
        var isPeriodic = Sql.Of($"(case when i.type in ({periodic}) then 1 else 0 end)");
        var since = sightings.Min(s => s.At) - (periods.Length == 0 ? TimeSpan.Zero : periods.Max(t => t.Within!.Value));
        var counts = people.IsExact
            ? await ledger.ListChunkedAsync(ids, rows => Sql.Of($"""
                with v(profile_id) as ({rows})
                select i.profile_id, i.type, count(*), cast(null as timestamptz) from v cross join identifier i
                where i.profile_id = v.profile_id and {isPeriodic} = 0 group by i.profile_id, i.type
                union all
                select i.profile_id, i.type, 1, i.first_seen from v cross join identifier i
                where i.profile_id = v.profile_id and {isPeriodic} = 1 and i.first_seen > {since}
                """), Read, cancel)
            : await ledger.ListChunkedAsync(ids, rows => Sql.Of($"""
                with v(profile_id) as ({rows})
                select i.profile_id, i.type, count(*), cast(null as timestamptz) from v cross join identifier i
                where i.profile_id = v.profile_id and ({isPeriodic} = 0 or i.first_seen > {since}) group by i.profile_id, i.type
                """), Read, cancel);
        foreach (var (id, type, count, seen) in counts)
        {
            if (seen is { } at) people.KnowSeen(id, type, at);
            else people.KnowCount(id, type, count);
        }
        people.Standing = await Standing.ReadAsync(ledger, asked, ids, cancel);
    }

    /// <summary>Whether something that was refused in this batch might by now be refused with so many that it is shared.</summary>
    internal static async Task<bool> IsSuspectAsync(Session ledger, IdentifierRules rules, People people, CancellationToken cancel)
    {
        if (people.RefusedWith.Count == 0) return false;
        var before = await ledger.ListChunkedAsync([.. people.RefusedWith.Keys.Select(i => new object?[] { i.Type, i.Value })], rows => Sql.Of($"""
            with v(type, value) as ({rows})
            select l.type, l.value, l.with_type, l.with_value from v cross join left_out l
            where l.type = v.type and l.value = v.value and l.with_type <> '' and l.reason not like 'decision:%'
            """), r => (Identifier: new Identifier(r.Text(0), r.Text(1)), With: new Identifier(r.Text(2), r.Text(3))), cancel);
        foreach (var (identifier, with) in before) people.KnowRefused(identifier, with);
        return people.RefusedWith.Values.Any(with => with.Count >= rules.SharedBy);
    }

    // With whom each was refused before, and who that is now.
    private static async Task RefusedAsync(Session ledger, People people, object?[][] asked, CancellationToken cancel)
    {
        var refused = await ledger.ListChunkedAsync(asked, rows => Sql.Of($"""
            with v(type, value) as ({rows})
            select l.type, l.value, i.type, i.value, i.profile_id, p.kind from v cross join left_out l cross join identifier i cross join profile p
            where l.type = v.type and l.value = v.value and l.with_type <> '' and l.reason not like 'decision:%'
                and i.type = l.with_type and i.value = l.with_value and p.profile_id = i.profile_id
            """), r => (Identifier: new Identifier(r.Text(0), r.Text(1)), With: new Identifier(r.Text(2), r.Text(3)), Id: r.ProfileId(4), Kind: r.Text(5)), cancel);
        foreach (var (identifier, with, id, kind) in refused)
        {
            people.Know(with, id, kind);
            people.KnowRefused(identifier, with);
        }
    }

    private static (ProfileId Id, string Type, int Count, DateTimeOffset? Seen) Read(Row r) => (r.ProfileId(0), r.Text(1), r.Int(2), r.TimeOrNull(3));
}
