using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Server;

/// <summary>One of the two roads to profiles: messages or records. Knows how far each store has come on it.</summary>
internal sealed class PipelineTrack(string name, PipelineRooms rooms)
{
    /// <summary>Whose a fact is and its company, with the identifiers that decided it.</summary>
    public readonly record struct Owned(ProfileId? Owner, Identifier? NamedBy, ProfileId? Account = null, Identifier? AccountNamedBy = null);

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<(Identifier, ProfileId)> _findable = [];
    private long _done, _inWarehouse;

    // So many names are remembered as being among the search words; then it begins anew.
    private const int MostFindable = 50_000;

    public string Name => name;

    /// <summary>Everything up to this place is in both stores.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Why it does not go on at this moment; null while it does.</summary>
    public string? Fault { get; set; }

    public Task StartedAsync(CancellationToken cancel) => _started.Task.WaitAsync(cancel);

    public async Task LoadAsync(CancellationToken cancel)
    {
        var ledger = await rooms.Stores.Ledger.ReadAsync(s => Projection.ReadAsync(s, name, cancel), cancel);
        _inWarehouse = await rooms.Stores.Warehouse.ReadAsync(s => Projection.ReadAsync(s, name, cancel), cancel);
        Interlocked.Exchange(ref _done, Math.Min(ledger, _inWarehouse));
        _started.TrySetResult();
    }

    /// <summary>Whose each fact is, its account last: the same when done again.</summary>
    public async Task<IReadOnlyList<Owned>> WriteLedgerAsync(Pipeline.Batch batch, CancellationToken cancel)
    {
        var names = new HashSet<(Identifier, ProfileId)>();
        var owners = await rooms.Stores.Ledger.WriteAsync(ledger => WriteLedgerAsync(ledger, batch, names, cancel), cancel);
        if (_findable.Count + names.Count > MostFindable) _findable.Clear();
        _findable.UnionWith(names);
        return owners;
    }

    private async Task<IReadOnlyList<Owned>> WriteLedgerAsync(Session ledger, Pipeline.Batch batch, HashSet<(Identifier, ProfileId)> names, CancellationToken cancel)
    {
        var facts = batch.Facts;
        var accounts = facts.Select((fact, i) => (fact, i)).Where(x => x.fact.Account is not null).ToArray();
        var stitched = await rooms.Stitch.RunAsync(ledger, [.. facts.Select(f => f.Sighting), .. accounts.Select(x => x.fact.Account!)], cancel);
        var owners = new Owned[facts.Count];
        for (var i = 0; i < facts.Count; i++) owners[i] = new(stitched.Profiles[i], stitched.NamedBy[i]);
        for (var i = 0; i < accounts.Length; i++) owners[accounts[i].i] = owners[accounts[i].i] with { Account = stitched.Profiles[facts.Count + i], AccountNamedBy = stitched.NamedBy[facts.Count + i] };

        for (var i = 0; i < facts.Count; i++)
        {
            if (owners[i].Owner is { } owner) names.UnionWith(New(facts[i].Sighting, owner));
            if (owners[i].Account is { } account) names.UnionWith(New(facts[i].Account!, account));
        }
        await rooms.Profiles.WriteAsync(ledger, [.. News(batch, owners)], stitched.Merges, [.. names.Select(n => n.Item2).Distinct()], cancel);
        await Accounts.BelongAsync(ledger, accounts.Where(x => owners[x.i].Owner is not null).Select(x =>
            new Belonging(owners[x.i].Owner!.Value, owners[x.i].Account!.Value, x.fact.Sighting.Source, x.fact.Sighting.Evidence, x.fact.At, owners[x.i].NamedBy!.Value, owners[x.i].AccountNamedBy!.Value)), cancel);
        await rooms.Consents.RecordAsync(ledger, [.. facts.SelectMany((fact, i) => (owners[i].Owner is null ? [] : fact.Consents).Select(c => new ConsentSaid(owners[i].Owner!.Value, c, fact.Sighting.Source, fact.Sighting.Evidence, owners[i].NamedBy)))], cancel);
        await Projection.WriteAsync(ledger, name, Math.Max(batch.Last, await Projection.ReadAsync(ledger, name, cancel)), cancel);
        return owners;
    }

    // What people are found by and was not seen lately; browsers and devices are not looked for.
    private IEnumerable<(Identifier, ProfileId)> New(Sighting sighting, ProfileId owner) =>
        sighting.Identifiers.Where(i => i.Type is not (Identifier.AnonymousId or Identifier.Device)).Select(i => (i, owner)).Where(name => !_findable.Contains(name));

    public async Task WriteWarehouseAsync(Pipeline.Batch batch, IReadOnlyList<Owned> owners, CancellationToken cancel)
    {
        if (batch.Last > _inWarehouse)
        {
            await rooms.Stores.Warehouse.WriteAsync(async warehouse =>
            {
                await MergeLog.CopyAsync(rooms.Stores.Ledger, warehouse, cancel);
                var isNew = _inWarehouse;
                await WarehouseWriter.WriteEventsAsync(warehouse, batch.Facts.Select((fact, i) => (fact, i)).Where(x => x.fact.Event is not null && x.fact.Seq > isNew).Select(x => new OwnedHappening(x.fact.Event!, owners[x.i].Owner, owners[x.i].NamedBy)), cancel);
                var news = News(batch, owners).Where(n => n.Seq >> 1 > isNew).ToList();
                var gone = news.Where(n => n.IsWithdrawn).ToList();
                await WarehouseWriter.WithdrawAsync(warehouse, gone, cancel);
                var last = gone.GroupBy(g => g.Evidence, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Max(n => n.Seq), StringComparer.Ordinal);
                await WarehouseWriter.WriteTraitsAsync(warehouse, news.Where(n => !last.TryGetValue(n.Evidence, out var seq) || n.Seq > seq), cancel);
                if (name == Pipeline.RecordsOffset)
                    await WarehouseWriter.WriteNamingsAsync(warehouse, batch.Facts.Select((fact, i) => (fact, owners[i].Owner)).Where(x => x.fact.Traits is null && x.Owner is not null && x.fact.Seq > isNew).Select(x => (x.fact.Seq, x.Owner!.Value)), cancel);
                await DeadLetters.WriteAsync(warehouse, batch.Unreadable, cancel);
                await Projection.WriteAsync(warehouse, name, batch.Last, cancel);
            }, cancel);
            _inWarehouse = batch.Last;
        }
        Interlocked.Exchange(ref _done, batch.Last);
    }

    private static IEnumerable<TraitNews> News(Pipeline.Batch batch, IReadOnlyList<Owned> owners)
    {
        for (var i = 0; i < batch.Facts.Count; i++)
        {
            if (batch.Facts[i].Traits is { } traits && owners[i].Owner is { } owner) yield return traits with { Profile = owner, NamedBy = owners[i].NamedBy };
            if (batch.Facts[i].AccountTraits is { } account && owners[i].Account is { } company) yield return account with { Profile = company, NamedBy = owners[i].AccountNamedBy };
        }
    }
}
