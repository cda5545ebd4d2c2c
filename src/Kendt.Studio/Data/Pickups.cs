using System.Security.Claims;
using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Studio.Data;

/// <summary>The places that files are fetched from, and the mappings that sources keep. Each change is audited in the name of who asked for it.</summary>
public interface IPickupDesk
{
    /// <summary>The places, and the sources that keep mappings.</summary>
    Task<PickupsView> PickupsAsync(CancellationToken cancel);

    /// <summary>A source's place, the files that were found there lately and the mappings that read them; null if it has neither.</summary>
    /// <param name="source">Null for a place that is yet to be made.</param>
    Task<PickupView?> PickupAsync(string? source, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Reaches a place that need not be kept; nothing is taken.</summary>
    /// <exception cref="BadInputException">It cannot be reached as it is set up, or who asked may not; the message says what to mend.</exception>
    Task<IReadOnlyList<PlacedFile>> TryAsync(PickupOrder order, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Keeps a place. Where no secret is given, the kept one stays.</summary>
    /// <exception cref="BadInputException">Something is missing, or who asked may not.</exception>
    Task PutAsync(PickupOrder order, ClaimsPrincipal who, CancellationToken cancel);

    /// <exception cref="BadInputException">Who asked may not.</exception>
    Task SetEnabledAsync(string source, bool enabled, ClaimsPrincipal who, CancellationToken cancel);

    /// <exception cref="BadInputException">Who asked may not.</exception>
    Task RemoveAsync(string source, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Looks at the place now and takes what is new.</summary>
    /// <exception cref="BadInputException">The place cannot be reached, or who asked may not.</exception>
    /// <exception cref="CannotException">A file could not be fetched this time.</exception>
    Task<PickupLook> LookAsync(string source, ClaimsPrincipal who, CancellationToken cancel);

    /// <summary>Keeps a mapping as the newest of its source.</summary>
    /// <exception cref="BadInputException">The text is no mapping of this source, or who asked may not.</exception>
    Task KeepMappingAsync(string source, string yaml, ClaimsPrincipal who, CancellationToken cancel);
}

/// <summary>How a place is reached.</summary>
/// <param name="Settings">What was said; what is empty was not.</param>
public sealed record PickupOrder(string Source, PickupKind Kind, IReadOnlyDictionary<string, string> Settings);

/// <summary>The places, and the mappings that sources keep.</summary>
public sealed record PickupsView(IReadOnlyList<PickupRow> Places, IReadOnlyList<MappingRow> Mappings);

/// <summary>A place in the list.</summary>
/// <param name="Where">The folder, bucket, container or server.</param>
/// <param name="Note">What went wrong at the last look; empty: nothing.</param>
public sealed record PickupRow(string Source, PickupKind Kind, string Where, bool Enabled, DateTimeOffset? LookedAt, string Note);

/// <summary>A source that keeps mappings.</summary>
/// <param name="Count">How many.</param>
public sealed record MappingRow(string Source, int Count, DateTimeOffset NewestAt);

/// <summary>One source's place.</summary>
/// <param name="Place">Null for a source that keeps mappings only.</param>
/// <param name="Files">The newest first.</param>
/// <param name="Mappings">The newest first; it is tried first.</param>
/// <param name="MayChange">Who asked may change it.</param>
public sealed record PickupView(string Source, Pickup? Place, IReadOnlyList<PickedFile> Files, IReadOnlyList<KeptMapping> Mappings, bool MayChange);

/// <summary>What a look did.</summary>
/// <param name="Waiting">Files that may still be written to; the next look takes those that did not change.</param>
public sealed record PickupLook(int Taken, int Failed, int Waiting);
