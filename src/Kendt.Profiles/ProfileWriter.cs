using System.Runtime.InteropServices;
using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Profiles;

/// <summary>What a message or record says of one profile's traits.</summary>
/// <param name="Seq">Order among all that was said; unique over messages and records together.</param>
/// <param name="IsWithdrawn">The record is gone: all that it ever said is taken back.</param>
public sealed record TraitNews(ProfileId Profile, string Source, string Evidence, long Seq, DateTimeOffset At, IReadOnlyDictionary<string, JsonElement> Traits, bool IsWithdrawn = false)
{
    /// <summary>The identifier that decided whose they are.</summary>
    public Identifier? NamedBy { get; init; }
}

/// <summary>Keeps profile documents and the words by which people are found. All of it set-based, within the caller's ledger transaction.</summary>
public sealed class ProfileWriter(TimeProvider time)
{
    /// <param name="merges">Losers' documents are folded into their survivors'.</param>
    /// <param name="touched">Profiles that may have new identifiers, so that their search words are made anew.</param>
    public async Task WriteAsync(Session ledger, IReadOnlyList<TraitNews> news, IReadOnlyList<Merge> merges, IReadOnlyCollection<ProfileId> touched, CancellationToken cancel)
    {
        var changed = new Dictionary<ProfileId, ProfileDocument?>();
        foreach (var item in news) changed.TryAdd(item.Profile, null);
        foreach (var merge in merges) { changed.TryAdd(merge.Survivor, null); changed.TryAdd(merge.Loser, null); }
        if (changed.Count > 0)
        {
            var documents = await ledger.ListChunkedAsync(Ids(changed.Keys),
                rows => Sql.Of($"with v(profile_id) as ({rows}) select d.profile_id, d.document from v join profile_document d on d.profile_id = v.profile_id"),
                r => (Id: r.ProfileId(0), Document: r.Text(1)), cancel);
            foreach (var (id, document) in documents) changed[id] = ProfileDocument.Read(document);
            foreach (var merge in merges)
            {
                if (changed[merge.Loser] is not { } lost) continue;
                (changed[merge.Survivor] ??= new()).Absorb(lost);
                changed[merge.Loser] = null;
            }
            foreach (var item in news)
            {
                var document = changed[item.Profile] ??= new();
                if (item.IsWithdrawn) document.Withdraw(item.Evidence);
                foreach (var (name, value) in item.Traits) document.Say(name, new(value, item.Source, item.At, item.Evidence) { Seq = item.Seq });
            }
            var now = time.GetUtcNow();
            ledger.Changes(changed.Keys);
            await ledger.ExecuteChunkedAsync([.. changed.Where(c => c.Value is not null).Select(c => new object?[] { c.Key, c.Value!.Write(), now })],
                rows => Sql.Of($"""
                    insert into profile_document (profile_id, document, updated_at) {rows}
                    on conflict (profile_id) do update set document = excluded.document, updated_at = excluded.updated_at
                    """), cancel);
        }
        object?[][] losers = Ids(merges.Select(m => m.Loser).Distinct());
        await ledger.ExecuteChunkedAsync(losers, rows => Sql.Of($"delete from profile_document where profile_id in (select column1 from ({rows}) as v)"), cancel);
        await WriteSearchTermsAsync(ledger, [.. changed.Keys.Concat(touched).Distinct()], changed, cancel);
    }

    /// <summary>Makes the documents and search words of some profiles anew from all that was said of them.</summary>
    /// <param name="said">In the order in which it was said.</param>
    public async Task RebuildAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, IEnumerable<(ProfileId Profile, string Name, TraitValue Word)> said, CancellationToken cancel)
    {
        var documents = profiles.Distinct().ToDictionary(id => id, _ => (ProfileDocument?)new ProfileDocument());
        foreach (var (profile, name, word) in said) if (documents.TryGetValue(profile, out var document)) document!.Say(name, word);
        var now = time.GetUtcNow();
        ledger.Changes(documents.Keys);
        await ledger.ExecuteChunkedAsync(Ids(documents.Keys), rows => Sql.Of($"delete from profile_document where profile_id in (select column1 from ({rows}) as v)"), cancel);
        await ledger.ExecuteChunkedAsync([.. documents.Where(d => d.Value!.Traits.Count > 0).Select(d => new object?[] { d.Key, d.Value!.Write(), now })],
            rows => Sql.Of($"insert into profile_document (profile_id, document, updated_at) {rows}"), cancel);
        await WriteSearchTermsAsync(ledger, [.. documents.Keys], documents, cancel);
    }

    /// <summary>Marks profiles as changed, for those who follow changes: what is shown of them is another, though nothing was said.</summary>
    public Task MarkAsync(Session ledger, IReadOnlyCollection<ProfileId> profiles, CancellationToken cancel)
    {
        ledger.Changes(profiles);
        return ledger.ExecuteChunkedAsync(Ids(profiles), rows => Sql.Of($"with v(profile_id) as ({rows}) update profile_document set updated_at = {time.GetUtcNow()} where profile_id in (select profile_id from v)"), cancel);
    }

    private static async Task WriteSearchTermsAsync(Session ledger, IReadOnlyCollection<ProfileId> ids, Dictionary<ProfileId, ProfileDocument?> documents, CancellationToken cancel)
    {
        if (ids.Count == 0) return;
        var terms = new Dictionary<ProfileId, HashSet<string>>();
        var identifiers = await ledger.ListChunkedAsync(Ids(ids),
            rows => Sql.Of($"with v(profile_id) as ({rows}) select i.profile_id, i.type, i.value from v join identifier i on i.profile_id = v.profile_id where i.type not in ('anonymous_id', 'device')"),
            r => (Id: r.ProfileId(0), Identifier: new Identifier(r.Text(1), r.Text(2))), cancel);
        foreach (var (id, identifier) in identifiers) SearchTerms.AddIdentifier(Of(id), identifier);
        foreach (var id in ids) if (documents.TryGetValue(id, out var document) && document is not null) SearchTerms.AddTraits(Of(id), document);

        var had = await ledger.ListChunkedAsync(Ids(ids),
            rows => Sql.Of($"with v(profile_id) as ({rows}) select s.profile_id, s.term from v join search_term s on s.profile_id = v.profile_id"),
            r => (Id: r.ProfileId(0), Term: r.Text(1)), cancel);
        var gone = new List<object?[]>();
        foreach (var (id, term) in had)
        {
            var keeps = terms.TryGetValue(id, out var wanted) && wanted.Remove(term);
            if (!keeps && (documents.ContainsKey(id) || wanted is null)) gone.Add([term, id]);
        }
        await ledger.ExecuteChunkedAsync(gone, rows => Sql.Of($"delete from search_term where (term, profile_id) in ({rows})"), cancel);
        await ledger.ExecuteChunkedAsync([.. terms.SelectMany(t => t.Value.Select(term => new object?[] { term, t.Key }))],
            rows => Sql.Of($"insert into search_term (term, profile_id) {rows} on conflict do nothing"), cancel);

        HashSet<string> Of(ProfileId id) => CollectionsMarshal.GetValueRefOrAddDefault(terms, id, out _) ??= new(StringComparer.Ordinal);
    }

    private static object?[][] Ids(IEnumerable<ProfileId> ids) => [.. ids.Select(id => new object?[] { id })];
}
