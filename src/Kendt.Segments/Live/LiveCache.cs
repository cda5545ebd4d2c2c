using Kendt.Model;

namespace Kendt.Segments.Live;

/// <summary>
/// Profiles that were judged lately, so that somebody who clicks through a shop is read from the ledger once. Bounded by
/// what they remember: when the young half is full it becomes the old one, and what was old and not used since is let go.
/// </summary>
internal sealed class LiveCache
{
    // About 80 MB where facts are of usual size.
    private const int MostOfHalf = 100_000;

    private Dictionary<ProfileId, LiveProfile> _young = [], _old = [];
    private int _weight;

    public LiveProfile? Find(ProfileId id)
    {
        if (_young.TryGetValue(id, out var profile)) return profile;
        if (!_old.Remove(id, out profile)) return null;
        Keep(profile);
        return profile;
    }

    public void Keep(LiveProfile profile)
    {
        var weight = 4 + profile.Said.Count + profile.Members.Count / 4;
        if (_weight + weight > MostOfHalf) (_old, _young, _weight) = (_young, [], 0);
        if (weight > MostOfHalf / 4) return;
        _young[profile.Id] = profile;
        _weight += weight;
    }

    public void Remove(IEnumerable<ProfileId> ids)
    {
        foreach (var id in ids)
        {
            _young.Remove(id);
            _old.Remove(id);
        }
    }

    public void Clear() => (_young, _old, _weight) = ([], [], 0);
}
