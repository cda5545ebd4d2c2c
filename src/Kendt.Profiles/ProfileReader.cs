using Kendt.Model;
using Kendt.Model.Merging;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>Reads profiles by id, old id or identifier. Keyed reads of the ledger only: a second ago is there.</summary>
public sealed class ProfileReader(Stores stores)
{
    /// <summary>The id that holds now; null if no such profile was ever made.</summary>
    public Task<ProfileId?> ResolveAsync(ProfileId id, CancellationToken cancel) =>
        stores.Ledger.ReadAsync(s => s.FirstAsync<ProfileId?>(Sql.Of($"select coalesce(merged_into, profile_id) from profile where profile_id = {id}"), r => r.ProfileId(0), cancel), cancel);

    public Task<ProfileId?> FindAsync(Identifier identifier, CancellationToken cancel) =>
        stores.Ledger.ReadAsync(s => s.FirstAsync<ProfileId?>(Sql.Of($"select profile_id from identifier where type = {identifier.Type} and value = {identifier.Value}"), r => r.ProfileId(0), cancel), cancel);

    /// <summary>The id that holds now, by an id (also one that was merged away) or <c>type:value</c>; null if there is none.</summary>
    public async Task<ProfileId?> ResolveAsync(string idOrIdentifier, CancellationToken cancel) => ProfileId.TryParse(idOrIdentifier, out var asked) ? await ResolveAsync(asked, cancel)
        : Identifier.TryParse(idOrIdentifier, out var identifier) ? await FindAsync(identifier, cancel) : null;

    /// <summary>By id (also one that was merged away) or by <c>type:value</c>; null if there is none.</summary>
    public async Task<Profile?> ReadAsync(string idOrIdentifier, CancellationToken cancel)
    {
        return await ResolveAsync(idOrIdentifier, cancel) is { } found ? (await ReadAsync([found], cancel)).GetValueOrDefault(found) : null;
    }

    /// <summary>Many profiles at once, by ids that hold now; unknown ones are absent.</summary>
    public Task<IReadOnlyDictionary<ProfileId, Profile>> ReadAsync(IReadOnlyCollection<ProfileId> ids, CancellationToken cancel) => ReadAsync(ids, null, cancel);

    /// <param name="merging">Which of the words of a trait is its value; null for the policy that holds.</param>
    /// <inheritdoc cref="ReadAsync(IReadOnlyCollection{ProfileId}, CancellationToken)"/>
    public Task<IReadOnlyDictionary<ProfileId, Profile>> ReadAsync(IReadOnlyCollection<ProfileId> ids, MergePolicy? merging, CancellationToken cancel) => stores.Ledger.ReadAsync(async s =>
    {
        object?[][] asked = [.. ids.Distinct().Select(id => new object?[] { id })];
        var policy = merging ?? await MergePolicies.ReadAsync(s, cancel);
        var rows = await s.ListChunkedAsync(asked,
            v => Sql.Of($"""
                with v(profile_id) as ({v})
                select p.profile_id, p.kind, p.created_at, d.document from v join profile p on p.profile_id = v.profile_id
                left join profile_document d on d.profile_id = p.profile_id
                """),
            r => (Id: r.ProfileId(0), Kind: r.Text(1), CreatedAt: r.Time(2), Document: r.TextOrNull(3)), cancel);
        var identifiers = (await s.ListChunkedAsync(asked,
            v => Sql.Of($"with v(profile_id) as ({v}) select i.profile_id, i.type, i.value, i.source, i.first_seen from v join identifier i on i.profile_id = v.profile_id"),
            r => (Id: r.ProfileId(0), Identifier: new ProfileIdentifier(new(r.Text(1), r.Text(2)), r.Text(3), r.Time(4))), cancel)).ToLookup(i => i.Id, i => i.Identifier);
        var links = (await s.ListChunkedAsync(asked,
            v => Sql.Of($"""
                with v(profile_id) as ({v})
                select i.profile_id, l.left_type, l.left_value, l.right_type, l.right_value, l.rule, l.evidence, l.source, l.weight, l.at, l.revoked_at
                from v join identifier i on i.profile_id = v.profile_id join link l on l.right_type = i.type and l.right_value = i.value
                """),
            r => (Id: r.ProfileId(0), Link: new ProfileLink(new(r.Text(1), r.Text(2)), new(r.Text(3), r.Text(4)), r.Text(5), r.Text(6), r.Text(7), r.Double(8), r.Time(9), r.TimeOrNull(10))), cancel)).ToLookup(l => l.Id, l => l.Link);
        var merges = (await s.ListChunkedAsync(asked,
            v => Sql.Of($"with v(profile_id) as ({v}) select p.merged_into, p.profile_id, p.merged_at from v join profile p on p.merged_into = v.profile_id"),
            r => (Id: r.ProfileId(0), Merge: new Merge(r.ProfileId(1), r.ProfileId(0), r.Time(2))), cancel)).ToLookup(m => m.Id, m => m.Merge);
        return (IReadOnlyDictionary<ProfileId, Profile>)rows.ToDictionary(p => p.Id, p => new Profile
        {
            Id = p.Id,
            Kind = Enum.Parse<ProfileKind>(p.Kind, ignoreCase: true),
            CreatedAt = p.CreatedAt,
            Traits = Traits(p.Document, policy),
            Identifiers = [.. identifiers[p.Id].OrderBy(i => i.FirstSeen)],
            Links = [.. links[p.Id].OrderBy(l => l.At)],
            Merges = [.. merges[p.Id].OrderBy(m => m.At)],
        });
    }, cancel);

    /// <summary>What each of these profiles is, by ids that hold now; unknown ones are absent.</summary>
    public async Task<IReadOnlyDictionary<ProfileId, ProfileKind>> KindsAsync(IReadOnlyCollection<ProfileId> ids, CancellationToken cancel) => (await stores.Ledger.ReadAsync(s => s.ListChunkedAsync(
        [.. ids.Distinct().Select(id => new object?[] { id })],
        v => Sql.Of($"with v(profile_id) as ({v}) select p.profile_id, p.kind from v join profile p on p.profile_id = v.profile_id"),
        r => (Id: r.ProfileId(0), Kind: Enum.Parse<ProfileKind>(r.Text(1), ignoreCase: true)), cancel), cancel)).ToDictionary(k => k.Id, k => k.Kind);

    /// <summary>How many persons, visitors and accounts there are.</summary>
    public Task<IReadOnlyDictionary<ProfileKind, long>> CountAsync(CancellationToken cancel) => stores.Ledger.ReadAsync(async s =>
        (IReadOnlyDictionary<ProfileKind, long>)(await s.ListAsync(Sql.Of($"select kind, count(*) from profile where merged_into is null group by kind"),
            r => (Enum.Parse<ProfileKind>(r.Text(0), ignoreCase: true), r.Long(1)), cancel)).ToDictionary(c => c.Item1, c => c.Item2), cancel);

    /// <summary>
    /// Customers whose name, e-mail, phone or any identifier begins as typed; all words must be found. Without text the
    /// newest customers. Ordered by id, so that <paramref name="after"/> pages on.
    /// </summary>
    public Task<IReadOnlyList<ProfileId>> SearchAsync(string? text, ProfileKind? kind, ProfileId? after, int limit, CancellationToken cancel) => stores.Ledger.ReadAsync(async s =>
    {
        var asked = SearchTerms.Asked(text ?? "");
        var found = asked.Select(term => Sql.Of($"p.profile_id in (select profile_id from search_term where term >= {term} and term < {term + "\uffff"})"));
        var rules = new List<Sql>(found) { Sql.Of($"p.merged_into is null"), kind is { } k ? Sql.Of($"p.kind = {k}") : Sql.Of($"p.kind <> 'visitor'") };
        if (after is { } last) rules.Add(Sql.Of($"p.profile_id < {last}"));
        return (IReadOnlyList<ProfileId>)await s.ListAsync(Sql.Of($"select p.profile_id from profile p where {Sql.And(rules)} order by p.profile_id desc limit {limit}"), r => r.ProfileId(0), cancel);
    }, cancel);

    internal static IReadOnlyDictionary<string, IReadOnlyList<TraitValue>> Traits(string? document, MergePolicy policy) => string.IsNullOrEmpty(document) ? new Dictionary<string, IReadOnlyList<TraitValue>>()
        : ProfileDocument.Read(document).Shown(policy);
}
