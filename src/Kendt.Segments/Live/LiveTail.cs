using System.Buffers;
using System.Text.Json;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Segments.Live;

/// <summary>How far live evaluation has read: messages and records in the warehouse, merges and consents in the ledger.</summary>
internal sealed record LiveOffsets(long Messages, long Records, long Merges, long Consents)
{
    private static readonly string[] Names = ["live.messages", "live.records", "live.merges", "live.consents"];

    public static async Task<LiveOffsets> ReadAsync(Session ledger, CancellationToken cancel)
    {
        var at = new long[Names.Length];
        for (var i = 0; i < at.Length; i++) at[i] = await Projection.ReadAsync(ledger, Names[i], cancel);
        return new(at[0], at[1], at[2], at[3]);
    }

    public async Task WriteAsync(Session ledger, LiveOffsets before, CancellationToken cancel)
    {
        foreach (var (name, at, was) in Names.Zip((long[])[Messages, Records, Merges, Consents], [before.Messages, before.Records, before.Merges, before.Consents]))
            if (at != was) await Projection.WriteAsync(ledger, name, at, cancel);
    }
}

/// <summary>What has come since: facts that rules look at, everybody who was seen, merges and decisions, all by the ids that hold now.</summary>
/// <param name="HasMore">There is more to be read at once.</param>
/// <param name="Named">Whom records that say nothing else named; they may be known by more. Read only where a rule looks at identifiers.</param>
/// <param name="Withdrawn">Of whom something is not said any more, with the trait and the place of that: their facts are to be read again.</param>
internal sealed record LiveNews(
    LiveOffsets Upto, bool HasMore, IReadOnlyList<LiveFact> Facts, IReadOnlyList<LiveFact> Withdrawn, IReadOnlyCollection<ProfileId> Seen, IReadOnlyCollection<ProfileId> Named,
    IReadOnlyList<(ProfileId Loser, ProfileId Survivor)> Merges, IReadOnlyList<(ProfileId Profile, string Purpose, long Seq)> Consents);

/// <summary>Reads what pipeline, identity and consent have added after an offset, in the order of their logs.</summary>
internal sealed class LiveTail(Stores stores)
{
    // Messages or records of one round.
    private const int Most = 20_000;

    /// <summary>The next round of news; null if there is none.</summary>
    public async Task<LiveNews?> ReadAsync(LiveOffsets from, LiveNeeds needs, CancellationToken cancel)
    {
        // Merges first: whoever is found to be another by then has its facts moved before new ones come.
        var (merges, consents) = await stores.Ledger.ReadAsync(async s => (
            await s.ListAsync(Sql.Of($"select m.seq, m.profile_id, p.merged_into from merge_log m left join profile p on p.profile_id = m.profile_id where m.seq > {from.Merges} order by m.seq limit {Most}"),
                r => (Seq: r.Long(0), Loser: r.ProfileId(1), Survivor: r.ProfileIdOrNull(2)), cancel),
            await s.ListAsync(Sql.Of($"select c.seq, coalesce(p.merged_into, c.profile_id), c.purpose from consent c left join profile p on p.profile_id = c.profile_id where c.seq > {from.Consents} order by c.seq limit {Most}"),
                r => (Seq: r.Long(0), Profile: r.ProfileId(1), Purpose: r.Text(2)), cancel)), cancel);
        var heads = await HeadsAsync(cancel);
        var upto = new LiveOffsets(Math.Min(Math.Max(heads.Messages, from.Messages), from.Messages + Most), Math.Min(Math.Max(heads.Records, from.Records), from.Records + Most),
            merges.Count == 0 ? from.Merges : merges[^1].Seq, consents.Count == 0 ? from.Consents : consents[^1].Seq);
        if (upto == from) return null;
        var (facts, withdrawn, seen) = await FactsAsync(from, upto, needs, cancel);
        var named = needs.Identifiers.Count > 0 && upto.Records > from.Records ? await NamedAsync(from, upto, cancel) : [];
        var more = upto.Messages < heads.Messages || upto.Records < heads.Records || merges.Count == Most || consents.Count == Most;
        return new(upto, more, facts, withdrawn, seen, named, [.. merges.Where(m => m.Survivor is not null).Select(m => (m.Loser, m.Survivor!.Value))], [.. consents.Select(c => (c.Profile, c.Purpose, c.Seq))]);
    }

    /// <summary>How far the warehouse has come.</summary>
    public async Task<(long Messages, long Records)> HeadsAsync(CancellationToken cancel)
    {
        var heads = (await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select name, seq from projection where name in ('messages', 'records')"), r => (r.Text(0), r.Long(1)), cancel), cancel)).ToDictionary();
        return (heads.GetValueOrDefault("messages"), heads.GetValueOrDefault("records"));
    }

    /// <summary>The facts that are needed of messages and records between two offsets, and everybody who is named there.</summary>
    public async Task<(List<LiveFact> Facts, List<LiveFact> Withdrawn, IReadOnlyCollection<ProfileId> Seen)> FactsAsync(LiveOffsets from, LiveOffsets upto, LiveNeeds needs, CancellationToken cancel)
    {
        var events = needs.Events.Keys.ToList();
        var traits = needs.Traits.ToList();
        var (facts, withdrawn) = (new List<LiveFact>(), new List<LiveFact>());
        var seen = new HashSet<ProfileId>();
        await stores.Warehouse.ReadAsync(async s =>
        {
            if (upto.Messages > from.Messages)
            {
                var kept = Sql.Of($"type = 'track' and {Dialect.InTexts(Sql.Of($"name"), events)}");
                await foreach (var row in s.QueryAsync(Sql.Of($"""
                    select seq, written_profile_id, case when {kept} then name end, ts, case when {kept} then properties end
                    from event_log where seq > {from.Messages} and seq <= {upto.Messages} and written_profile_id is not null
                    """), r => (Seq: r.Long(0), Profile: r.ProfileId(1), Name: r.TextOrNull(2), At: r.Time(3), Properties: r.TextOrNull(4)), cancel))
                {
                    seen.Add(row.Profile);
                    if (row.Name is not null) facts.Add(new(row.Profile, FactKind.Event, row.Name, row.Seq, row.At, Picked(row.Properties!, needs.Events[row.Name].Keys)));
                }
            }
            // What messages say of traits has even numbers, what records say odd ones.
            if (upto.Messages > from.Messages) await SaidAsync(s, Sql.Of($"seq > {from.Messages * 2} and seq <= {upto.Messages * 2} and seq % 2 = 0"));
            if (upto.Records > from.Records) await SaidAsync(s, Sql.Of($"seq > {from.Records * 2 + 1} and seq <= {upto.Records * 2 + 1} and seq % 2 = 1"));
        }, cancel);

        async Task SaidAsync(Session s, Sql which)
        {
            var kept = Dialect.InTexts(Sql.Of($"name"), traits);
            await foreach (var row in s.QueryAsync(Sql.Of($"select seq, written_profile_id, case when {kept} then name end, ts, case when {kept} then value end, source, case when {kept} and {ByRecord} then evidence else '' end from trait_log where {which}"),
                r => (Seq: r.Long(0), Profile: r.ProfileId(1), Name: r.TextOrNull(2), At: r.Time(3), Value: r.TextOrNull(4), Source: r.Text(5), Record: r.Text(6)), cancel))
            {
                seen.Add(row.Profile);
                if (row.Name is null) continue;
                if (row.Value!.Length == 0) withdrawn.Add(new(row.Profile, FactKind.Trait, row.Name, row.Seq, row.At, Nothing));
                else facts.Add(new(row.Profile, FactKind.Trait, row.Name, row.Seq, row.At, Json(row.Value), row.Source, row.Record));
            }
        }

        var merged = await MergedAsync(seen, cancel);
        if (merged.Count == 0) return (facts, withdrawn, seen);
        foreach (var list in (List<LiveFact>[])[facts, withdrawn])
            for (var i = 0; i < list.Count; i++) if (merged.TryGetValue(list[i].Profile, out var survivor)) list[i] = list[i] with { Profile = survivor };
        return (facts, withdrawn, seen.Select(id => merged.GetValueOrDefault(id, id)).ToHashSet());
    }

    private async Task<IReadOnlyCollection<ProfileId>> NamedAsync(LiveOffsets from, LiveOffsets upto, CancellationToken cancel)
    {
        var named = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select distinct written_profile_id from naming_log where seq > {from.Records} and seq <= {upto.Records}"), r => r.ProfileId(0), cancel), cancel);
        var merged = await MergedAsync(named, cancel);
        return named.Select(id => merged.GetValueOrDefault(id, id)).ToHashSet();
    }

    private async Task<Dictionary<ProfileId, ProfileId>> MergedAsync(IEnumerable<ProfileId> ids, CancellationToken cancel) =>
        (await stores.Ledger.ReadAsync(s => s.ListChunkedAsync([.. ids.Select(id => new object?[] { id })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) select v.profile_id, p.merged_into from v join profile p on p.profile_id = v.profile_id where p.merged_into is not null"),
            r => (r.ProfileId(0), r.ProfileId(1)), cancel), cancel)).ToDictionary();

    /// <summary>The properties that rules look at, out of all that an event has.</summary>
    internal static JsonElement Picked(string properties, IReadOnlySet<string> keys)
    {
        if (keys.Count == 0 || properties == "{}") return Nothing;
        using var document = JsonDocument.Parse(properties);
        if (document.RootElement.ValueKind is not JsonValueKind.Object) return Nothing;
        var picked = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(picked, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!keys.Contains(property.Name)) continue;
                json.WritePropertyName(property.Name);
                property.Value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return JsonElement.Parse(picked.WrittenSpan);
    }

    /// <summary>Of a row of what was said: a record said it.</summary>
    internal static Sql ByRecord => Sql.Of($"evidence like 'record:%'");

    internal static JsonElement Json(string value) => value == "{}" ? Nothing : JsonElement.Parse(value);

    private static readonly JsonElement Nothing = JsonElement.Parse("{}");
}
