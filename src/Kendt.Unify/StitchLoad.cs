using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Reads what the ledger knows of the identifiers of a batch: owners, what they have, what was refused and decided. Set-based.</summary>
internal static class StitchLoad
{
    internal static async Task RunAsync(Session ledger, IdentifierRules rules, People people, IReadOnlyList<Sighting> sightings, CancellationToken cancel)
    {
        object?[][] asked = [.. sightings.SelectMany(s => s.Identifiers).Distinct().Select(i => new object?[] { i.Type, i.Value })];
        // The second half: with whom each was refused before, and who that is now.
        var known = await ledger.ListChunkedAsync(asked,
            rows => Sql.Of($"""
                with v(type, value) as ({rows})
                select i.type, i.value, i.profile_id, p.kind, '' as of_type, '' as of_value from v join identifier i on i.type = v.type and i.value = v.value
                join profile p on p.profile_id = i.profile_id
                union all
                select i.type, i.value, i.profile_id, p.kind, l.type, l.value from v cross join left_out l cross join identifier i cross join profile p
                where l.type = v.type and l.value = v.value and l.with_type <> '' and l.reason not like 'decision:%'
                    and i.type = l.with_type and i.value = l.with_value and p.profile_id = i.profile_id
                """),
            r => (Identifier: new Identifier(r.Text(0), r.Text(1)), Id: r.ProfileId(2), Kind: r.Text(3), Of: new Identifier(r.Text(4), r.Text(5))), cancel);
        foreach (var (identifier, id, kind, of) in known)
        {
            people.Know(identifier, id, kind);
            if (of.Type.Length > 0) people.KnowRefused(of, identifier);
        }
        object?[][] ids = [.. known.Select(k => k.Id).Distinct().Select(id => new object?[] { id })];
        if (ids.Length == 0)
        {
            people.Standing = await Standing.ReadAsync(ledger, asked, ids, cancel);
            return;
        }
        var periods = rules.Types.Where(t => t.Within is not null).ToArray();
        var periodic = Sql.Join(", ", periods.Select(t => Sql.Value(t.Type)).DefaultIfEmpty(Sql.Value("")));
        var since = sightings.Min(s => s.At) - (periods.Length == 0 ? TimeSpan.Zero : periods.Max(t => t.Within!.Value));
        var counts = await ledger.ListChunkedAsync(ids,
            rows => Sql.Of($"""
                with v(profile_id) as ({rows})
                select i.profile_id, i.type, count(*), cast(null as timestamptz) from v join identifier i on i.profile_id = v.profile_id where i.type not in ({periodic}) group by i.profile_id, i.type
                union all
                select i.profile_id, i.type, 1, i.first_seen from v join identifier i on i.profile_id = v.profile_id where i.type in ({periodic}) and i.first_seen > {since}
                """),
            r => (Id: r.ProfileId(0), Type: r.Text(1), Count: r.Int(2), Seen: r.TimeOrNull(3)), cancel);
        foreach (var (id, type, count, seen) in counts)
        {
            if (seen is { } at) people.KnowSeen(id, type, at);
            else people.KnowCount(id, type, count);
        }
        people.Standing = await Standing.ReadAsync(ledger, asked, ids, cancel);
    }
}
