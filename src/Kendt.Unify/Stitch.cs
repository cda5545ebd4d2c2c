using Kendt.Model;
using Kendt.Store;

namespace Kendt.Unify;

/// <summary>What became of a batch of sightings: whose each one is, and which profiles turned out to be one.</summary>
/// <param name="Profiles">One per sighting, in its order; the id that the merges of this batch have led to, null where it names nobody.</param>
/// <param name="NamedBy">One per sighting: the identifier that decided whose it is.</param>
/// <param name="Merges">Losers that had been profiles before this batch, with their survivors.</param>
public sealed record Stitched(IReadOnlyList<ProfileId?> Profiles, IReadOnlyList<Identifier?> NamedBy, IReadOnlyList<Merge> Merges);

/// <summary>
/// Ties identifiers that were seen together to one profile, at once. Deterministic: the same sightings in the same order
/// give the same profiles with the same ids, however they are cut into batches. Every tie is kept as a link with its
/// evidence; a merge keeps the older id. Sightings that were stitched before change nothing, so that a killed process may
/// repeat its last batch. Where a value shows itself to be shared, the batch is cut, and what follows knows it.
/// </summary>
public sealed class Stitch(IdentifierRules rules, Decisions decisions)
{
    // After a cut the rest is loaded anew, in pieces that grow, so that many cuts do not load everything many times.
    private const int FirstPiece = 1_000;

    /// <summary>Works within the caller's ledger transaction.</summary>
    public async Task<Stitched> RunAsync(Session ledger, IReadOnlyList<Sighting> sightings, CancellationToken cancel)
    {
        await ledger.LockAsync(Decisions.Lock, cancel);
        var whose = new ProfileId?[sightings.Count];
        var namedBy = new Identifier?[sightings.Count];
        var merges = new List<Merge>();
        var size = sightings.Count;
        var isExact = false;
        for (var done = 0; done < sightings.Count;)
        {
            var people = new People(rules, isExact);
            var from = done;
            var until = Math.Min(sightings.Count, done + size);
            await StitchLoad.RunAsync(ledger, rules, people, done == 0 && until == sightings.Count ? sightings : [.. sightings.Skip(done).Take(until - done)], cancel);
            while (done < until && people.Learnt.Count == 0 && !people.NeedsExact)
            {
                if (people.Take(sightings[done]) is { } taken) (whose[done], namedBy[done]) = (taken.Profile, taken.NamedBy);
                done++;
            }
            isExact = !isExact && (people.NeedsExact || await StitchLoad.IsSuspectAsync(ledger, rules, people, cancel));
            if (isExact)
            {
                done = from;
                continue;
            }
            await new StitchWriter(ledger).WriteAsync(people, cancel);
            for (var i = 0; i < done; i++) if (whose[i] is { } one) whose[i] = people.Survivor(one);
            merges.AddRange(people.MergesOfKnown());
            foreach (var shared in people.Learnt) await decisions.LearnAsync(ledger, shared, sightings[done - 1].At, cancel);
            size = people.Learnt.Count > 0 ? FirstPiece : size * 2;
        }
        return new(whose, namedBy, merges);
    }
}
