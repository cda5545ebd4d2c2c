using System.Text.Json;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Model.Merging;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Segments.Live;
using Kendt.Store;
using Kendt.Unify.Merging;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Segments;

/// <summary>A workspace to which things happen, with its own idea of what is known of everybody and so of who must be in what.</summary>
internal sealed class LiveWorld(TestStores test, FakeTimeProvider time, CancellationToken cancel) : IDisposable
{
    private readonly Dictionary<ProfileId, List<TraitFact>> _traits = [];
    private readonly Dictionary<ProfileId, List<EventFact>> _events = [];
    private readonly Dictionary<ProfileId, List<ConsentDecision>> _consents = [];
    private readonly Dictionary<ProfileId, List<IdentifierFact>> _identifiers = [];
    private readonly HashSet<ProfileId> _known = [];
    private readonly Dictionary<ProfileId, ProfileId> _merged = [];
    private readonly List<object?[]> _newEvents = [], _newTraits = [];
    private readonly List<(long, ProfileId)> _newNamings = [];
    private long _message, _record, _merge, _consent;

    public static readonly string[] Sources = ["crm", "shop", "web"];

    public MergePolicy Merging { get; private set; } = MergePolicy.MostRecent;

    public Dictionary<string, Filter> Rules { get; } = new(StringComparer.Ordinal);

    public Catalogue Catalogue { get; } = new(test.Stores, time);

    public LiveSegments Live { get; private set; } = new(test.Stores, new Catalogue(test.Stores, time), time);

    public void Start()
    {
        Live.Dispose();
        Live = new(test.Stores, Catalogue, time);
    }

    public async Task PutAsync(string name, Filter rule) => Rules[name] = (await Catalogue.PutAsync(name, null, rule, cancel)).Rule;

    /// <summary>Puts a policy into force.</summary>
    public async Task MergingAsync(MergePolicy policy)
    {
        Merging = policy;
        await test.Stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"insert into merge_policy (name, policy) values ('merging', {policy.Write()}) on conflict (name) do update set policy = excluded.policy"), cancel), cancel);
        await test.Stores.Warehouse.WriteAsync(s => MergeSwitch.WriteWarehouseAsync(s, policy, cancel), cancel);
        Catalogue.Renew();
    }

    /// <summary>What a record said of everybody is taken back.</summary>
    public async Task WithdrawAsync(string evidence)
    {
        foreach (var said in _traits.Values) said.RemoveAll(t => t.Evidence == evidence);
        var seq = ++_record * 2 + 1;
        await test.Stores.Warehouse.WriteAsync(async s =>
        {
            await WarehouseWriter.WithdrawAsync(s, [new(default, "test", evidence, seq, time.GetUtcNow(), new Dictionary<string, JsonElement>(), IsWithdrawn: true)], cancel);
            await Projection.WriteAsync(s, "records", _record, cancel);
        }, cancel);
    }

    public IEnumerable<string> Records(ProfileId profile) => Of(_traits, profile).Select(t => t.Evidence).Where(e => e.StartsWith("record:", StringComparison.Ordinal)).Distinct();

    public void Event(ProfileId profile, string name, string properties, DateTimeOffset at)
    {
        _newEvents.Add([++_message, $"m{_message}", "test", "track", name, null, null, profile, at, at, properties, "{}", null]);
        Of(_events, profile).Add(new(name, at, JsonDocument.Parse(properties).RootElement));
        _known.Add(Now(profile));
    }

    /// <summary>The stitch knows a new identifier, and the message that named it follows, or a record that says nothing else.</summary>
    public async Task NameAsync(ProfileId profile, string type, string value, DateTimeOffset at, bool byRecord = false)
    {
        await test.Stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"insert into identifier (type, value, profile_id, source, first_seen) values ({type}, {value}, {Now(profile)}, 'test', {at})"), cancel), cancel);
        Of(_identifiers, profile).Add(new(type, value, at));
        if (byRecord) _newNamings.Add((++_record, profile));
        else Page(profile, at);
    }

    public void Page(ProfileId profile, DateTimeOffset at)
    {
        _newEvents.Add([++_message, $"m{_message}", "test", "page", "Home", null, null, profile, at, at, "{}", "{}", null]);
        _known.Add(Now(profile));
    }

    public void Trait(ProfileId profile, string name, string value, DateTimeOffset at, bool byRecord = false)
    {
        var seq = byRecord ? ++_record * 2 + 1 : ++_message * 2;
        // Three sources, each with messages and two records of everybody.
        var source = Sources[seq / 2 % Sources.Length];
        var evidence = byRecord ? $"record:{source}:{seq / 6 % 2}" : $"message:{source}:{seq}";
        _newTraits.Add([seq, profile, name, value, source, at, evidence, null]);
        Of(_traits, profile).Add(new(name, JsonDocument.Parse(value).RootElement, at, seq) { Source = source, Evidence = evidence });
        _known.Add(Now(profile));
    }

    /// <summary>Writes what happened since as the pipeline does.</summary>
    public async Task DeliverAsync()
    {
        await test.Stores.Warehouse.WriteAsync(async s =>
        {
            await s.LoadAsync("event_log", ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"], _newEvents, cancel);
            await s.LoadAsync("trait_log", ["seq", "written_profile_id", "name", "value", "source", "ts", "evidence", "named_by"], _newTraits, cancel);
            await WarehouseWriter.WriteNamingsAsync(s, _newNamings, cancel);
            await Projection.WriteAsync(s, "messages", _message, cancel);
            await Projection.WriteAsync(s, "records", _record, cancel);
        }, cancel);
        _newEvents.Clear();
        _newTraits.Clear();
        _newNamings.Clear();
    }

    public async Task ConsentAsync(ProfileId profile, string purpose, ConsentState state, DateTimeOffset at)
    {
        await test.Stores.Ledger.WriteAsync(s => s.ExecuteAsync(Sql.Of($"""
            insert into consent (profile_id, purpose, state, at, source, evidence, seq) values ({profile}, {purpose}, {state}, {at}, 'test', {$"c{++_consent}"}, {_consent})
            """), cancel), cancel);
        Of(_consents, profile).Add(new(purpose, state, at));
    }

    public async Task MergeAsync(ProfileId loser, ProfileId survivor)
    {
        (loser, survivor) = (Now(loser), Now(survivor));
        if (loser == survivor) return;
        await test.Stores.Ledger.WriteAsync(async s =>
        {
            foreach (var id in (ProfileId[])[loser, survivor])
                await s.ExecuteAsync(Sql.Of($"insert into profile (profile_id, kind, created_at) values ({id}, 'person', {time.GetUtcNow()}) on conflict do nothing"), cancel);
            await s.ExecuteAsync(Sql.Of($"update identifier set profile_id = {survivor} where profile_id = {loser}"), cancel);
            await s.ExecuteAsync(Sql.Of($"update profile set merged_into = {survivor} where profile_id = {loser} or merged_into = {loser}"), cancel);
            await s.ExecuteAsync(Sql.Of($"insert into merge_log (seq, profile_id, survivor_id, merged_at, evidence, carried) values ({++_merge}, {loser}, {survivor}, {time.GetUtcNow()}, 'test', {false})"), cancel);
        }, cancel);
        // The views of the warehouse want every id that was merged, those taken over earlier too.
        var moved = _merged.Where(m => m.Value == loser).Select(m => m.Key).Append(loser).ToList();
        await test.Stores.Warehouse.WriteAsync(s => s.LoadAsync("profile_merge", ["seq", "profile_id", "survivor_id", "merged_at"],
            moved.Select((id, i) => new object?[] { _merge * 1000 + i, id, survivor, time.GetUtcNow() }), cancel), cancel);
        Move(_traits, loser, survivor);
        Move(_events, loser, survivor);
        Move(_consents, loser, survivor);
        Move(_identifiers, loser, survivor);
        foreach (var id in moved) _merged[id] = survivor;
        if (_known.Remove(loser)) _known.Add(survivor);
    }

    /// <summary>Who must be in what now.</summary>
    public HashSet<(string Segment, ProfileId Profile)> Expected()
    {
        var members = new HashSet<(string, ProfileId)>();
        foreach (var id in _known)
        {
            var predicate = new FilterPredicate(new(Of(_traits, id), Of(_events, id), Of(_consents, id)) { Id = id, Identifiers = Of(_identifiers, id) }, name => Rules[name], time.GetUtcNow(), Merging);
            members.UnionWith(Rules.Where(r => predicate.Judge(r.Value).Holds).Select(r => (r.Key, id)));
        }
        return members;
    }

    public async Task<HashSet<(string Segment, ProfileId Profile)>> MembersAsync() =>
        [.. await test.Stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select segment, profile_id from segment_member"), r => (r.Text(0), r.ProfileId(1)), cancel), cancel)];

    /// <summary>Everybody is in what they must be in, after live evaluation has done all there is to do.</summary>
    public async Task CheckAsync(string after)
    {
        await Live.CatchUpAsync(cancel);
        var (expected, seen) = (Expected(), await MembersAsync());
        if (expected.SetEquals(seen)) return;
        var (segment, profile) = expected.Except(seen).Concat(seen.Except(expected)).First();
        Assert.Fail($"after {after} at {time.GetUtcNow():O}: {expected.Except(seen).Count()} missing, {seen.Except(expected).Count()} too many; {profile} must {(expected.Contains((segment, profile)) ? "" : "not ")}be in {segment} {FilterWriter.Write(Rules[segment])}\n"
            + $"traits {string.Join("; ", Of(_traits, profile))}\nevents {string.Join("; ", Of(_events, profile))}");
    }

    public void Dispose() => Live.Dispose();

    private ProfileId Now(ProfileId profile) => _merged.GetValueOrDefault(profile, profile);

    private static void Move<T>(Dictionary<ProfileId, List<T>> facts, ProfileId loser, ProfileId survivor)
    {
        if (facts.Remove(loser, out var own)) facts[survivor] = [.. facts.GetValueOrDefault(survivor, []), .. own];
    }

    private List<T> Of<T>(Dictionary<ProfileId, List<T>> facts, ProfileId profile)
    {
        if (!facts.TryGetValue(Now(profile), out var list)) facts[Now(profile)] = list = [];
        return list;
    }
}
