namespace Kendt.Collect;

/// <summary>
/// Something of the ledger that the doors ask for with every call, kept in memory for a second. Then one caller reads it anew
/// while the others go on with what is here. So what was changed by another server on the same database holds here a second later.
/// </summary>
internal sealed class Remembered<T>(T value, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private long _readAt = time.GetTimestamp();

    public T Value => value;

    /// <summary>True for the one caller who is to read it anew.</summary>
    public bool IsDue()
    {
        var read = Volatile.Read(ref _readAt);
        return time.GetElapsedTime(read) >= Longest && Interlocked.CompareExchange(ref _readAt, time.GetTimestamp(), read) == read;
    }
}
