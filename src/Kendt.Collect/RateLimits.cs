using System.Collections.Concurrent;

namespace Kendt.Collect;

/// <summary>
/// Holds each source to its <see cref="RateLimit"/>: a bucket that fills at its rate up to its burst. A call is let in while
/// anything is in the bucket and takes what it needs, into debt if it is large: so no call is too large ever to be let in,
/// and in the long run the rate holds. Kept in memory: a restart fills the buckets.
/// </summary>
public sealed class RateLimits(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Source, DateTimeOffset At), long> _turnedAway = new();

    /// <summary>Lets a call in, or says when to come again.</summary>
    /// <returns>Null when it is let in; else the time until there is room again.</returns>
    public TimeSpan? Take(Source source, int messages)
    {
        if (source.Limit is not { } limit || messages == 0) return null;
        var wait = _buckets.GetOrAdd(source.Name, _ => new Bucket(limit, time.GetTimestamp())).Take(limit, messages, time);
        if (wait is null) return null;
        var now = time.GetUtcNow();
        _turnedAway.AddOrUpdate((source.Name, new(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero)), messages, (_, before) => before + messages);
        return wait;
    }

    /// <summary>What was turned away since this was asked last, by source and minute.</summary>
    public IReadOnlyList<(string Source, DateTimeOffset At, long Messages)> TakeCounts()
    {
        var counts = new List<(string, DateTimeOffset, long)>();
        foreach (var key in _turnedAway.Keys)
        {
            if (_turnedAway.TryRemove(key, out var messages)) counts.Add((key.Source, key.At, messages));
        }
        return counts;
    }

    private sealed class Bucket(RateLimit first, long begin)
    {
        private readonly Lock _lock = new();
        private double _left = first.Burst;
        private long _filledAt = begin;

        public TimeSpan? Take(RateLimit limit, int messages, TimeProvider time)
        {
            lock (_lock)
            {
                var now = time.GetTimestamp();
                _left = Math.Min(limit.Burst, _left + time.GetElapsedTime(_filledAt, now).TotalSeconds * limit.PerSecond);
                _filledAt = now;
                // A bucket that is full but for a rounding is waited for too.
                if (_left < 1 && _left < limit.Burst) return TimeSpan.FromMilliseconds(Math.Ceiling((Math.Min(1, limit.Burst) - _left) / limit.PerSecond * 1000));
                _left -= messages;
                return null;
            }
        }
    }
}
