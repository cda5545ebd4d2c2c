using System.Text;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>A message as it came in a moment ago.</summary>
/// <param name="Number">Its place in the feed; rises, and starts again with the process.</param>
/// <param name="Type">identify, track ...; empty where that cannot be told.</param>
/// <param name="Name">The event of a track, the name of a page; else empty.</param>
/// <param name="Rejected">Why it was not taken, in plain words; null if it was.</param>
/// <param name="Body">Its JSON as it is kept, cut at <see cref="LiveFeed.MostBody"/>.</param>
public sealed record LiveMessage(long Number, DateTimeOffset At, string Source, string Type, string Name, string? Rejected, ReadOnlyMemory<byte> Body)
{
    /// <summary>More came than is kept here.</summary>
    public bool IsCut => Body.Length >= LiveFeed.MostBody;
}

/// <summary>Which messages are wanted; null and empty mean all.</summary>
/// <param name="Name">A part of the name, whatever its case.</param>
/// <param name="Text">A part of the body or of the reason, whatever its case.</param>
public sealed record LiveFilter(string? Source = null, string? Type = null, string? Name = null, bool RejectedOnly = false, string? Text = null)
{
    public bool Holds(LiveMessage message) =>
        (string.IsNullOrEmpty(Source) || message.Source == Source)
        && (!RejectedOnly || message.Rejected is not null)
        && (string.IsNullOrEmpty(Type) || string.Equals(message.Type, Type, StringComparison.OrdinalIgnoreCase))
        && (string.IsNullOrEmpty(Name) || message.Name.Contains(Name, StringComparison.OrdinalIgnoreCase))
        && (string.IsNullOrEmpty(Text) || (message.Rejected?.Contains(Text, StringComparison.OrdinalIgnoreCase) ?? false) || Encoding.UTF8.GetString(message.Body.Span).Contains(Text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What came since the last look.</summary>
/// <param name="Lost">Messages that were gone before they could be looked at: the reader was too slow.</param>
public sealed record LiveBatch(IReadOnlyList<LiveMessage> Messages, long Lost);

/// <summary>
/// Messages as they come in, for those who look on. Only while somebody looks are they copied, into one ring that all
/// readers share: a reader that is slow finds the oldest gone and is told how many. So memory has one bound, whatever the
/// number of readers and the rate, and the intake never waits.
/// </summary>
public sealed class LiveFeed
{
    /// <summary>Messages that the ring holds.</summary>
    public const int Size = 2_000;

    /// <summary>Bytes of a message that are kept; longer ones are cut.</summary>
    public const int MostBody = 8 * 1024;

    /// <summary>Readers at a time.</summary>
    public const int MostReaders = 64;

    private readonly Lock _lock = new();
    private readonly Seen[] _ring = new Seen[Size];
    private long _next;
    private int _readers;

    /// <summary>Somebody is looking.</summary>
    public bool IsWatched => Volatile.Read(ref _readers) > 0;

    /// <summary>A call that was taken, whole or in part.</summary>
    public void Put(string source, DateTimeOffset at, TrackingCall.Items call)
    {
        if (!IsWatched) return;
        // Of a call larger than the ring only the end would stay.
        foreach (var item in call.Taken.Skip(call.Taken.Count - Size)) Put(new(at, source, null, Copy(item.Body)));
        foreach (var item in call.Refused.Skip(call.Refused.Count - Size)) Put(new(at, source, item.Reason, Copy(item.Raw)));
    }

    /// <summary>A call of a known source that was turned away whole.</summary>
    public void Put(string source, DateTimeOffset at, string reason, ReadOnlyMemory<byte> body)
    {
        if (IsWatched) Put(new(at, source, reason, Copy(body)));
    }

    /// <summary>Begins to look; null when too many do.</summary>
    public LiveReader? Open()
    {
        lock (_lock)
        {
            if (_readers >= MostReaders) return null;
            if (_readers == 0) Array.Clear(_ring); // what nobody looked at lately is not kept
            _readers++;
            return new(this, _next);
        }
    }

    internal void Close()
    {
        lock (_lock) _readers--;
    }

    /// <summary>Messages from a place on, in order, and how many before them are gone.</summary>
    internal (List<LiveMessage> Messages, long Next, long Lost) Read(long from, LiveFilter filter, int most)
    {
        Seen[] seen;
        long first;
        lock (_lock)
        {
            first = Math.Max(from, _next - Size);
            var count = (int)Math.Min(most, _next - first);
            seen = new Seen[count];
            for (var i = 0; i < count; i++) seen[i] = _ring[(first + i) % Size];
        }
        var found = new List<LiveMessage>();
        for (var i = 0; i < seen.Length; i++)
        {
            var message = seen[i].Message(first + i);
            if (filter.Holds(message)) found.Add(message);
        }
        return (found, first + seen.Length, first - from);
    }

    private void Put(Seen seen)
    {
        lock (_lock) _ring[_next++ % Size] = seen;
    }

    private static byte[] Copy(ReadOnlyMemory<byte> body) => body[..Math.Min(body.Length, MostBody)].ToArray();

    // What a message says is read when somebody looks at it, not when it comes.
    private readonly record struct Seen(DateTimeOffset At, string Source, string? Rejected, byte[] Body)
    {
        public LiveMessage Message(long number)
        {
            var (type, name) = Words(Body);
            return new(number, At, Source, type, name, Rejected, Body);
        }

        private static (string Type, string Name) Words(ReadOnlySpan<byte> body)
        {
            string type = "", said = "", name = "";
            try
            {
                var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = TrackingCall.MaxDepth * 2 }));
                while (reader.Read())
                {
                    if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
                    var field = reader.ValueTextEquals("type"u8) ? 1 : reader.ValueTextEquals("event"u8) ? 2 : reader.ValueTextEquals("name"u8) ? 3 : 0;
                    if (!reader.Read()) break;
                    if (field > 0 && reader.TokenType == JsonTokenType.String)
                    {
                        var text = JsonWords.Text(ref reader);
                        if (text.Length > 200) text = text[..200];
                        if (field == 1) type = text;
                        else if (field == 2) said = text;
                        else name = text;
                    }
                    else
                    {
                        reader.TrySkip();
                    }
                }
            }
            catch (Exception fault) when (fault is JsonException or FormatException)
            {
                // It is shown with what could be read of it.
            }
            type = type.ToLowerInvariant();
            return (type, type switch { "track" => said, "page" or "screen" => name, _ => "" });
        }
    }
}

/// <summary>One who looks on. Not for several threads at once.</summary>
public sealed class LiveReader : IDisposable
{
    private readonly LiveFeed _feed;
    private long _next;
    private bool _closed;

    internal LiveReader(LiveFeed feed, long next) => (_feed, _next) = (feed, next);

    /// <summary>What came since the last look, at most a ringful.</summary>
    public LiveBatch Read(LiveFilter filter)
    {
        var (messages, next, lost) = _feed.Read(_next, filter, LiveFeed.Size);
        _next = next;
        return new(messages, lost);
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _feed.Close();
    }
}
