using Kendt.Govern;
using Kendt.Model;
using Kendt.Model.Merging;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>Reads all that the ledger knows of one customer by one statement of keyed reads, which engines keep prepared.</summary>
internal static class PageReader
{
    private enum Part { Profile, Identifier, Link, Merge, Tie, Consent, Segment, Measure }

    private sealed record Piece(Part Part, string A, string B, string C, string D, string E, string F, string G, double X, DateTimeOffset At, DateTimeOffset? Until, ProfileId? Id);

    /// <summary>By id (also one that was merged away) or by <c>type:value</c>; null if there is none.</summary>
    public static async Task<ProfilePage?> ReadAsync(Session ledger, string idOrIdentifier, CancellationToken cancel)
    {
        var which = ProfileId.TryParse(idOrIdentifier, out var id) ? Sql.Of($"select coalesce(merged_into, profile_id) from profile where profile_id = {id}")
            : Identifier.TryParse(idOrIdentifier, out var identifier) ? Sql.Of($"select profile_id from identifier where type = {identifier.Type} and value = {identifier.Value}") : null;
        if (which is null) return null;
        var pieces = await ledger.ListAsync(Pieces(which), Read, cancel);
        return pieces.Count == 0 ? null : Page(pieces, MergePolicies.Parse(pieces.First(p => p.Part is Part.Profile).C));
    }

    private static Sql Pieces(Sql which)
    {
        var me = Sql.Of($"(select profile_id from me)");
        return Sql.Of($"""
            with me(profile_id) as ({which}),
            family(profile_id) as (select profile_id from me union all select profile_id from profile where merged_into = {me}),
            tie(other, above, source, evidence, at) as (
                select account_id, 1, source, evidence, at from account_person where profile_id in (select profile_id from family)
                union all select profile_id, 0, source, evidence, at from account_person where account_id in (select profile_id from family))
            select 0, p.kind, d.document, (select policy from merge_policy where name = 'merging'), cast(null as text), cast(null as text), cast(null as text), cast(null as text),
                cast(0 as double precision), p.created_at, cast(null as timestamptz), p.profile_id
            from profile p left join profile_document d on d.profile_id = p.profile_id where p.profile_id = {me}
            union all select 1, type, value, source, null, null, null, null, 0, first_seen, null, null from identifier where profile_id = {me}
            union all select 2, l.left_type, l.left_value, l.right_type, l.right_value, l.rule, l.evidence, l.source, l.weight, l.at, l.revoked_at, null
            from identifier i join link l on l.right_type = i.type and l.right_value = i.value where i.profile_id = {me}
            union all select 3, null, null, null, null, null, null, null, 0, merged_at, null, profile_id from profile where merged_into = {me}
            union all select 4, r.kind, t.source, t.evidence, null, null, null, null, t.above, t.at, null, r.profile_id
            from tie t join profile p on p.profile_id = t.other join profile r on r.profile_id = coalesce(p.merged_into, p.profile_id) where r.profile_id <> {me}
            union all select 5, purpose, state, source, evidence, null, null, null, 0, at, null, null from consent where profile_id in (select profile_id from family)
            union all select 6, segment, null, null, null, null, null, null, 0, entered_at, null, null from segment_member where profile_id = {me}
            union all select 7, measure, null, null, null, null, null, null, value, as_of, null, null from measure_figure where subject = {me}
            """);
    }

    private static ProfilePage Page(List<Piece> pieces, MergePolicy policy)
    {
        var of = pieces.ToLookup(p => p.Part);
        var profile = of[Part.Profile].First();
        var me = profile.Id!.Value;
        return new(
            new Profile
            {
                Id = me,
                Kind = Enum.Parse<ProfileKind>(profile.A, ignoreCase: true),
                CreatedAt = profile.At,
                Traits = ProfileReader.Traits(profile.B, policy),
                Identifiers = [.. of[Part.Identifier].Select(p => new ProfileIdentifier(new(p.A, p.B), p.C, p.At)).OrderBy(i => i.FirstSeen)],
                Links = [.. of[Part.Link].Select(p => new ProfileLink(new(p.A, p.B), new(p.C, p.D), p.E, p.F, p.G, p.X, p.At, p.Until)).OrderBy(l => l.At)],
                Merges = [.. of[Part.Merge].Select(p => new Merge(p.Id!.Value, me, p.At)).OrderBy(m => m.At)],
            },
            // One for each other, as it was first said.
            [.. of[Part.Tie].Select(p => new AccountTie(p.Id!.Value, p.X > 0, p.A == "account", p.B, p.C, p.At)).OrderBy(t => t.At).ThenBy(t => t.Other).DistinctBy(t => (t.Other, t.IsAbove))],
            [.. Consents.Last(of[Part.Consent].Select(p => new ConsentNow(p.A, Enum.Parse<ConsentState>(p.B, ignoreCase: true), p.At, p.C, p.D)))],
            [.. of[Part.Segment].Select(p => (p.A, p.At)).OrderBy(s => s.A, StringComparer.Ordinal)],
            [.. of[Part.Measure].Select(p => new MeasureOf(p.A, p.X, p.At)).OrderBy(m => m.Measure, StringComparer.Ordinal)]);
    }

    // Only what a part has is read: a customer has many rows.
    private static Piece Read(Row r)
    {
        var part = (Part)r.Int(0);
        return part switch
        {
            Part.Profile => new(part, r.Text(1), r.TextOrNull(2) ?? "", r.TextOrNull(3) ?? "", "", "", "", "", 0, r.Time(9), null, r.ProfileId(11)),
            Part.Identifier => new(part, r.Text(1), r.Text(2), r.Text(3), "", "", "", "", 0, r.Time(9), null, null),
            Part.Link => new(part, r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6), r.Text(7), r.Double(8), r.Time(9), r.TimeOrNull(10), null),
            Part.Merge => new(part, "", "", "", "", "", "", "", 0, r.Time(9), null, r.ProfileId(11)),
            Part.Tie => new(part, r.Text(1), r.Text(2), r.Text(3), "", "", "", "", r.Double(8), r.Time(9), null, r.ProfileId(11)),
            Part.Consent => new(part, r.Text(1), r.Text(2), r.Text(3), r.Text(4), "", "", "", 0, r.Time(9), null, null),
            Part.Segment => new(part, r.Text(1), "", "", "", "", "", "", 0, r.Time(9), null, null),
            _ => new(part, r.Text(1), "", "", "", "", "", "", r.Double(8), r.Time(9), null, null),
        };
    }
}
