using Kendt.Model;

namespace Kendt.Store;

/// <summary>
/// Whether what was read of some profiles still holds. Exact within the process that alone writes a store: a transaction has
/// said whom it changed (<see cref="Session.Changes"/>), and that is noted before its writer hears that it is done. Profiles share
/// a fixed number of places, so somebody may be read once more for another's sake; never once less.
/// </summary>
public sealed class Freshness
{
    private const int Places = 1 << 16;

    private readonly long[] _changed = new long[Places];
    private long _all, _now;

    /// <summary>The moment before which all transactions are seen: to be taken before reading.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>Whether nothing of a profile changed since.</summary>
    public bool Holds(ProfileId profile, long since) => Volatile.Read(ref _changed[Place(profile)]) <= since && Volatile.Read(ref _all) <= since;

    internal void Changed(HashSet<ProfileId>? profiles)
    {
        if (profiles is { Count: 0 }) return;
        lock (_changed)
        {
            // Places first: who takes the new moment has to see what was committed before it.
            var moment = _now + 1;
            if (profiles is null || profiles.Count > Places / 4) Volatile.Write(ref _all, moment);
            else foreach (var profile in profiles) Volatile.Write(ref _changed[Place(profile)], moment);
            Volatile.Write(ref _now, moment);
        }
    }

    private static int Place(ProfileId profile) => profile.Value.GetHashCode() & (Places - 1);
}
