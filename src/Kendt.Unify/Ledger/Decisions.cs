using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>Who decides, why and when.</summary>
/// <param name="Actor">A member, a token, or <see cref="Decision.Learnt"/>.</param>
public sealed record Deciding(string Actor, string Reason, DateTimeOffset At);

/// <summary>
/// What people decide about who is who. A decision is kept, changes links, and profiles are derived anew from the links that
/// stand; undoing it gives its links back. All within the caller's ledger transaction, and the same decisions in the same
/// order among the same sightings give the same ids.
/// </summary>
public sealed class Decisions(IdentifierRules rules)
{
    /// <summary>Who changes identifiers, links or decisions holds this lock, so that one change is made at a time.</summary>
    internal const string Lock = "identity";

    /// <summary>They are one customer, whatever limits say. The tie is a link of its own.</summary>
    /// <exception cref="BadInputException">One is unknown or in quarantine, one is a company and the other a person, or a decision says that they are different.</exception>
    public async Task<Decided> ConfirmAsync(Session ledger, Identifier left, Identifier right, Deciding by, CancellationToken cancel)
    {
        await ledger.LockAsync(Lock, cancel);
        var (l, r) = await PairAsync(ledger, left, right, cancel);
        if ((l.Kind == People.Account) != (r.Kind == People.Account)) throw new BadInputException("One of them is a company, the other a person: they cannot be one customer.");
        foreach (var end in new[] { left, right })
            if (await DecisionRows.MarkAsync(ledger, end, DecisionKind.Quarantine, cancel) is { } mark) throw new BadInputException($"{end.Type} is in quarantine by decision {mark.Seq}: many people share that value. Release it first.");
        if ((await Apart.ReadAsync(ledger, [l.Id, r.Id], cancel)).Between(l.Id, r.Id) is { } against) throw new BadInputException($"Decision {against} says that they are different. Undo it first.");
        var decision = await DecisionRows.AddAsync(ledger, DecisionKind.Same, left, right, [], by, cancel);
        await LinkRows.AddAsync(ledger, [(left, right)], Link.Confirmed, decision.Evidence, Link.Confirmed, by.At, cancel);
        return await ResultAsync(ledger, decision, [l.Id, r.Id], by.At, cancel);
    }

    /// <summary>They are never one customer: parts them where they are one now, by the least and weakest links, and no later sighting joins them.</summary>
    /// <exception cref="BadInputException">One is unknown, or a person confirmed what holds them together.</exception>
    public async Task<Decided> ForbidAsync(Session ledger, Identifier left, Identifier right, Deciding by, CancellationToken cancel)
    {
        await ledger.LockAsync(Lock, cancel);
        var (l, r) = await PairAsync(ledger, left, right, cancel);
        IReadOnlyList<Link> cut = [];
        if (l.Id == r.Id)
            cut = Cut.Between(left, right, (await Cluster.ReadAsync(ledger, [l.Id], cancel)).Links) ?? throw new BadInputException("A person confirmed that they are one. Undo that decision first.");
        var decision = await DecisionRows.AddAsync(ledger, DecisionKind.Different, left, right, [], by, cancel);
        await LinkRows.RevokeAsync(ledger, cut, decision.Seq, by.At, cancel);
        return await ResultAsync(ledger, decision, [l.Id, r.Id], by.At, cancel);
    }

    /// <summary>These identifiers of a profile are another customer; the two parts are exactly as said, and never become one again by themselves.</summary>
    /// <exception cref="BadInputException">Not all are of that profile, none would stay, or a person confirmed a tie between the parts.</exception>
    public async Task<Decided> SplitAsync(Session ledger, ProfileId profile, IReadOnlyCollection<Identifier> moved, Deciding by, CancellationToken cancel)
    {
        await ledger.LockAsync(Lock, cancel);
        var cluster = await Cluster.ReadAsync(ledger, [profile], cancel);
        var going = moved.ToHashSet();
        var staying = cluster.Members.Select(m => m.Identifier).Where(i => !going.Contains(i)).ToList();
        if (going.Count == 0) throw new BadInputException("Say which identifiers are to be split off.");
        if (cluster.Members.Count - staying.Count != going.Count) throw new BadInputException("Not all of these identifiers belong to that profile. Look at it again: it may have changed.");
        if (staying.Count == 0) throw new BadInputException(going.Count == 1 ? "It is the profile's only identifier." : "These are all identifiers of the profile: leave at least one.");
        var crossing = cluster.Links.Where(l => going.Contains(l.Left) != going.Contains(l.Right)).ToList();
        if (crossing.Find(l => l.Rule == Link.Confirmed) is { } confirmed) throw new BadInputException($"A person confirmed a tie between the two parts ({confirmed.Evidence.Replace(':', ' ')}). Undo that first.");
        var (left, right) = (rules.Strongest(going).First(), rules.Strongest(staying).First());
        var decision = await DecisionRows.AddAsync(ledger, DecisionKind.Split, left, right, [.. rules.Strongest(going)], by, cancel);
        await LinkRows.RevokeAsync(ledger, crossing, decision.Seq, by.At, cancel);
        var parts = cluster.Parts(cluster.Links.Except(crossing));
        await LinkRows.AddAsync(ledger, [.. Orphans(going, left, parts), .. Orphans(staying, right, parts)], Link.KeptTogether, decision.Evidence, Link.KeptTogether, by.At, cancel);
        return await ResultAsync(ledger, decision, [profile], by.At, cancel);
    }

    /// <summary>This identifier is not of the customer that has it.</summary>
    public async Task<Decided> RemoveAsync(Session ledger, Identifier identifier, Deciding by, CancellationToken cancel)
    {
        await ledger.LockAsync(Lock, cancel);
        var owner = await DecisionRows.OwnerAsync(ledger, identifier, cancel) ?? throw Unknown(identifier);
        return await SplitAsync(ledger, owner.Id, [identifier], by, cancel);
    }

    /// <summary>The value is shared by many: its links go, and it ties nobody. What was tied by it alone comes apart; what was seen together beside it stays.</summary>
    /// <exception cref="BadInputException">It is in quarantine already, or a person confirmed a tie of it.</exception>
    public async Task<Decided> QuarantineAsync(Session ledger, Identifier identifier, Deciding by, CancellationToken cancel)
    {
        await ledger.LockAsync(Lock, cancel);
        if (await DecisionRows.MarkAsync(ledger, identifier, DecisionKind.Quarantine, cancel) is { } mark) throw new BadInputException($"It is in quarantine already, by decision {mark.Seq}.");
        var links = await LinkRows.OfAsync(ledger, identifier, cancel);
        if (links.Find(l => l.Rule == Link.Confirmed) is { } confirmed) throw new BadInputException($"A person confirmed a tie of it ({confirmed.Evidence.Replace(':', ' ')}). Undo that first.");
        if (await DecisionRows.MarkAsync(ledger, identifier, DecisionKind.Release, cancel) is { } released) await DecisionRows.EndAsync(ledger, released.Seq, by, cancel);
        var decision = await DecisionRows.AddAsync(ledger, DecisionKind.Quarantine, identifier, null, [], by, cancel);
        await LinkRows.RevokeAsync(ledger, links, decision.Seq, by.At, cancel);
        foreach (var seen in links.GroupBy(l => (l.Evidence, l.Source, l.At, l.Rule)))
        {
            var beside = rules.Strongest(seen.Select(l => l.Other(identifier))).ToList();
            await LinkRows.AddAsync(ledger, [.. beside.Skip(1).Select(other => (beside[0], other))], seen.Key.Rule, seen.Key.Evidence, seen.Key.Source, seen.Key.At, cancel);
        }
        return await ResultAsync(ledger, decision, await DecisionRows.OwnerAsync(ledger, identifier, cancel) is { } owner ? [owner.Id] : [], by.At, cancel);
    }

    /// <summary>The value is one customer's after all: it ties again, its links come back, and it is not learnt to be shared any more.</summary>
    /// <exception cref="BadInputException">It is not in quarantine.</exception>
    public async Task<Decided> ReleaseAsync(Session ledger, Identifier identifier, Deciding by, CancellationToken cancel)
    {
        await ledger.LockAsync(Lock, cancel);
        var mark = await DecisionRows.MarkAsync(ledger, identifier, DecisionKind.Quarantine, cancel) ?? throw new BadInputException("It is not in quarantine.");
        await DecisionRows.EndAsync(ledger, mark.Seq, by, cancel);
        var decision = await DecisionRows.AddAsync(ledger, DecisionKind.Release, identifier, null, [], by, cancel);
        return await ResultAsync(ledger, decision, await Revive.RunAsync(ledger, mark.Seq, cancel), by.At, cancel);
    }

    /// <summary>Takes a decision back; links that it took away come back unless another decision stands against them.</summary>
    /// <exception cref="BadInputException">There is no such decision, or it does not stand.</exception>
    public async Task<Decided> UndoAsync(Session ledger, long seq, Deciding by, CancellationToken cancel)
    {
        await ledger.LockAsync(Lock, cancel);
        var decision = await DecisionRows.ReadAsync(ledger, seq, cancel) ?? throw new BadInputException($"There is no decision {seq}.");
        if (decision.UndoneAt is not null) throw new BadInputException($"Decision {seq} does not stand any more.");
        if (decision.Kind is DecisionKind.Quarantine) return await ReleaseAsync(ledger, decision.Left, by, cancel);
        if (decision.Kind is DecisionKind.Release) return await QuarantineAsync(ledger, decision.Left, by, cancel);
        await DecisionRows.EndAsync(ledger, seq, by, cancel);
        var made = await LinkRows.MadeByAsync(ledger, decision, cancel);
        var touched = new HashSet<ProfileId>();
        foreach (var end in made.SelectMany(l => new[] { l.Left, l.Right }).Append(decision.Left).Append(decision.Right!.Value))
            if (await DecisionRows.OwnerAsync(ledger, end, cancel) is { } owner) touched.Add(owner.Id);
        await LinkRows.RevokeAsync(ledger, made, seq, by.At, cancel);
        if (decision.Kind is not DecisionKind.Same) touched.UnionWith(await Revive.RunAsync(ledger, seq, cancel));
        return await ResultAsync(ledger, decision with { UndoneAt = by.At, UndoneBy = by.Actor }, touched, by.At, cancel);
    }

    /// <summary>A value showed itself to be shared. What a person confirmed or released outranks that.</summary>
    internal async Task LearnAsync(Session ledger, Identifier identifier, DateTimeOffset at, CancellationToken cancel)
    {
        var by = new Deciding(Decision.Learnt, $"left out with {rules.SharedBy} different profiles", at);
        var confirmed = (await LinkRows.OfAsync(ledger, identifier, cancel)).Exists(l => l.Rule == Link.Confirmed);
        if (confirmed) await DecisionRows.AddAsync(ledger, DecisionKind.Release, identifier, null, [], by with { Reason = "a person confirmed a tie of it" }, cancel);
        else await QuarantineAsync(ledger, identifier, by, cancel);
    }

    private async Task<Decided> ResultAsync(Session ledger, Decision decision, IReadOnlyCollection<ProfileId> touched, DateTimeOffset at, CancellationToken cancel)
    {
        HashSet<Identifier> leaving = decision.Kind is DecisionKind.Quarantine ? [decision.Left] : [.. decision.Moved];
        var outcome = await new Regroup(rules, decision.Evidence, leaving, at).RunAsync(ledger, touched, cancel);
        if (outcome.Moves.Count > 0) await Reattribution.AskAsync(ledger, outcome.Profiles, at, cancel);
        return new(decision, outcome.Moves, outcome.Merges, outcome.Profiles);
    }

    private static async Task<(Owner Left, Owner Right)> PairAsync(Session ledger, Identifier left, Identifier right, CancellationToken cancel)
    {
        if (left == right) throw new BadInputException("Name two different identifiers.");
        return (await DecisionRows.OwnerAsync(ledger, left, cancel) ?? throw Unknown(left), await DecisionRows.OwnerAsync(ledger, right, cancel) ?? throw Unknown(right));
    }

    // Parts of one side that nothing holds to its strongest identifier any more.
    private IEnumerable<(Identifier, Identifier)> Orphans(IEnumerable<Identifier> side, Identifier strongest, Dictionary<Identifier, int> parts) =>
        rules.Strongest(side).GroupBy(i => parts[i]).Where(g => g.Key != parts[strongest]).Select(g => (strongest, g.First()));

    private static BadInputException Unknown(Identifier identifier) => new($"No customer has this {identifier.Type}. Write it as type:value, such as email:anna@example.com, as the profile shows it.");
}
