using System.Security.Claims;
using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>One source seen closely, and what may be changed of it. Each change is audited in the name of who asked for it.</summary>
public interface ISourceDesk
{
    /// <summary>Names of all sources, in order.</summary>
    Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel);

    /// <summary>One source; null if there is none of that name.</summary>
    Task<SourceDetail?> ReadAsync(SourceQuery query, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Makes a source that messages come from, with its first key.</summary>
    /// <exception cref="BadInputException">The name cannot be used, or who asked may not; the message is shown.</exception>
    Task<MadeKey> CreateAsync(string name, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>One more key.</summary>
    /// <exception cref="BadInputException">Who asked may not.</exception>
    Task<MadeKey> AddKeyAsync(string name, ClaimsPrincipal who, CancellationToken cancel);

    /// <exception cref="BadInputException">There is no such key, or who asked may not.</exception>
    Task DisableKeyAsync(string name, string id, ClaimsPrincipal who, CancellationToken cancel);

    /// <exception cref="BadInputException">Who asked may not.</exception>
    Task SetEnabledAsync(string name, bool enabled, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Bounds how much it may send; null lifts the bound.</summary>
    /// <exception cref="BadInputException">A number is out of range, or who asked may not.</exception>
    Task SetLimitAsync(string name, RateLimit? limit, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>Looks on while messages come in.</summary>
public interface ILiveReader
{
    /// <summary>
    /// What comes from now on, a few times a second, also when nothing came. Who may not see contact details gets messages
    /// with what is personal hidden, and cannot search for it either.
    /// </summary>
    /// <exception cref="CannotException">Too many look on.</exception>
    IAsyncEnumerable<LiveRows> WatchAsync(LiveFilter filter, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>Which source, over which time, and whose properties; <paramref name="Type"/> null for none.</summary>
public sealed record SourceQuery(string Name, Per Per, string? Type, string? Event);

/// <summary>A source seen closely.</summary>
/// <param name="MayChange">Who asked may change it.</param>
/// <param name="Properties">Of the event that was asked for; null if none was.</param>
public sealed record SourceDetail(
    RateLimit? Limit, IReadOnlyList<WriteKeyInfo> Keys, IReadOnlyList<TrafficPoint> Traffic, IReadOnlyList<SeenEvent> Events, SeenProperties? Properties, bool MayChange);

/// <summary>What the page of a source shows: the source in the list's words, and seen closely.</summary>
public sealed record SourceSheet(SourceView View, SourceDetail Detail);

/// <summary>A key as it is shown, once.</summary>
public sealed record MadeKey(string Source, string WriteKey);

/// <summary>Messages of a moment.</summary>
/// <param name="Missed">How many came beside these: faster than they can be looked at.</param>
public sealed record LiveRows(IReadOnlyList<LiveRow> Rows, long Missed);

/// <summary>A message that has just come in.</summary>
/// <param name="Rejected">Why it was not taken; null if it was.</param>
/// <param name="Body">Its JSON, indented; parts may be hidden.</param>
/// <param name="IsCut">It was longer.</param>
public sealed record LiveRow(long Number, DateTimeOffset At, string Source, string Type, string Name, string? Rejected, string Body, bool IsCut);
