using Kendt.Collect;

namespace Kendt.Server.Host;

/// <summary>Writes to the log what cannot be read of the messages; what is found while the host is still being built, when it is.</summary>
internal sealed partial class DamageReport
{
    private readonly Lock _turn = new();
    private readonly List<LogDamage> _early = [];
    private ILogger? _log;

    public void Add(LogDamage damage)
    {
        lock (_turn)
        {
            if (_log is null) _early.Add(damage);
            else Damaged(_log, damage.Bytes, damage.File, damage.Offset, damage.AfterSeq);
        }
    }

    public void Begin(ILogger log)
    {
        lock (_turn)
        {
            _log = log;
            foreach (var damage in _early) Damaged(log, damage.Bytes, damage.File, damage.Offset, damage.AfterSeq);
        }
    }

    [LoggerMessage(LogLevel.Critical, "{Bytes} bytes of the intake log's file {File}, from byte {Offset} on, cannot be read: messages after place {After} are missing, the rest is whole. Stop Kendt and put the file back from a backup")]
    private static partial void Damaged(ILogger log, long bytes, string file, long offset, long after);
}
