using Kendt.Model;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Store;
using Kendt.Unify.Merging;

namespace Kendt.Server;

/// <summary>Somebody by two policies: what is shown of a trait now, and what would be.</summary>
/// <param name="Words">All that could have been shown, the one that would be first.</param>
public sealed record MergeExample(ProfileId Profile, string Name, TraitValue? Before, TraitValue? After, IReadOnlyList<TraitValue> Words);

/// <summary>The merge policy, for the API, the command line and Studio: what one would change, with examples, and putting it into force.</summary>
public sealed class MergeActions(PipelineRooms rooms, MergeSwitch change, MergeShifts shifts, ProfileReader profiles, Catalogue catalogue, TimeProvider time)
{
    /// <summary>What would be shown otherwise, of how many, and who would enter and leave which segments.</summary>
    public async Task<MergeEffect> EffectAsync(MergeConfig config, CancellationToken cancel)
    {
        var (before, after, now) = (await MergePolicies.ReadAsync(rooms.Stores, cancel), config.Policy(), time.GetUtcNow());
        var effect = await MergeEffects.FindAsync(rooms.Stores.Warehouse, before, after, now, cancel);
        return effect with { Segments = [.. (await shifts.FindAsync(before, after, now, cancel)).Select(s => new MergedSegment(s.Segment, s.Entering, s.Leaving))] };
    }

    /// <summary>Some people of whom a trait is said, as the policy that holds and as another show it.</summary>
    public async Task<IReadOnlyList<MergeExample>> ExamplesAsync(MergeConfig config, string trait, IReadOnlyCollection<ProfileId> people, CancellationToken cancel)
    {
        var (before, after) = (await profiles.ReadAsync(people, cancel), await profiles.ReadAsync(people, config.Policy(), cancel));
        return [.. people.Where(after.ContainsKey).Select(id =>
        {
            var (had, has) = (before.GetValueOrDefault(id)?.Traits.GetValueOrDefault(trait) ?? [], after[id].Traits.GetValueOrDefault(trait) ?? []);
            return new MergeExample(id, after[id].DisplayName(), had.Count > 0 ? had[0] : null, has.Count > 0 ? has[0] : null, has.Count > 0 ? has : had);
        })];
    }

    /// <summary>Puts a policy into force; one that was cut off goes on.</summary>
    public async Task ApplyAsync(MergeConfig config, Action<long> progress, CancellationToken cancel)
    {
        if (!await change.BeginAsync(config.Policy(), cancel)) return;
        await change.RunAsync((ledger, some) => rooms.Profiles.MarkAsync(ledger, some, cancel), progress, cancel);
        catalogue.Renew();
    }
}
