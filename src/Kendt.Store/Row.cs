using System.Data.Common;
using Kendt.Model;

namespace Kendt.Store;

/// <summary>One row of an answer. The same types come out whatever the engine keeps them as.</summary>
public readonly struct Row
{
    private readonly DbDataReader _reader;
    private readonly Dialect _dialect;

    internal Row(DbDataReader reader, Dialect dialect) => (_reader, _dialect) = (reader, dialect);

    public bool IsNull(int i) => _reader.IsDBNull(i);
    public string Text(int i) => _reader.GetValue(i) is var v && v is string s ? s : Convert.ToString(v, System.Globalization.CultureInfo.InvariantCulture) ?? "";
    public string? TextOrNull(int i) => IsNull(i) ? null : Text(i);
    public int Int(int i) => checked((int)Long(i));

    public long Long(int i) => _reader.GetValue(i) switch
    {
        long l => l,
        int n => n,
        System.Numerics.BigInteger big => (long)big,
        var other => Convert.ToInt64(other, System.Globalization.CultureInfo.InvariantCulture),
    };

    public double Double(int i) => Convert.ToDouble(_reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture);
    public double? DoubleOrNull(int i) => IsNull(i) ? null : Double(i);
    public bool Bool(int i) => _reader.GetValue(i) is bool b ? b : Long(i) != 0;

    public Guid Guid(int i) => _reader.GetValue(i) switch
    {
        Guid g => g,
        byte[] bytes => new Guid(bytes, bigEndian: true),
        var other => throw new InvalidCastException($"Column {i} holds {other.GetType().Name}, not an id."),
    };

    public ProfileId ProfileId(int i) => new(Guid(i));
    public ProfileId? ProfileIdOrNull(int i) => IsNull(i) ? null : new(Guid(i));

    public byte[] Bytes(int i) => _reader.GetValue(i) switch
    {
        byte[] bytes => bytes,
        Stream stream => ReadAll(stream),
        var other => throw new InvalidCastException($"Column {i} holds {other.GetType().Name}, not bytes."),
    };

    public DateTimeOffset Time(int i) => _dialect.Engine is EngineKind.Sqlite
        ? FromMicros(_reader.GetInt64(i))
        : _reader.GetValue(i) switch
        {
            DateTimeOffset t => t.ToUniversalTime(),
            DateTime t => new(DateTime.SpecifyKind(t, DateTimeKind.Utc)),
            DateOnly d => new(d, default, TimeSpan.Zero),
            var other => throw new InvalidCastException($"Column {i} holds {other.GetType().Name}, not a time."),
        };

    public DateTimeOffset? TimeOrNull(int i) => IsNull(i) ? null : Time(i);

    /// <summary>The value as the driver gives it, for tables of unknown shape.</summary>
    public object? Any(int i) => IsNull(i) ? null : _reader.GetValue(i);

    /// <summary>A value as this engine's driver wants it.</summary>
    internal static object ToEngine(object? value, EngineKind engine) => (value, engine) switch
    {
        (null, _) => DBNull.Value,
        (ProfileId id, _) => ToEngine(id.Value, engine),
        (JobId id, _) => ToEngine(id.Value, engine),
        (DeliveryId id, _) => ToEngine(id.Value, engine),
        (Guid id, EngineKind.Sqlite) => BigEndian(id),
        (DateTimeOffset t, EngineKind.Sqlite) => ToMicros(t),
        (DateTimeOffset t, EngineKind.DuckDb) => t.UtcDateTime,
        (DateTimeOffset t, EngineKind.Postgres) => t.ToUniversalTime(),
        (bool b, EngineKind.Sqlite) => b ? 1L : 0L,
        (Enum e, _) => e.ToString().ToLowerInvariant(),
        _ => value,
    };

    private static byte[] BigEndian(Guid id)
    {
        var bytes = new byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return bytes;
    }

    private static long ToMicros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset FromMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    private static byte[] ReadAll(Stream stream)
    {
        using var memory = new MemoryStream();
        using (stream) stream.CopyTo(memory);
        return memory.ToArray();
    }
}
