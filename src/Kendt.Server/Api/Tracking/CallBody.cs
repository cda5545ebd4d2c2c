using System.Buffers;
using System.IO.Compression;
using Kendt.Collect;

namespace Kendt.Server.Api.Tracking;

/// <summary>
/// The memory that large bodies of all calls together may take while they are read and written. Small ones are not counted:
/// who holds the room with large bodies that never end does not keep the others out.
/// </summary>
internal sealed class BodyRoom
{
    /// <summary>Bytes; one call has at most <see cref="TrackingCall.MaxBody"/>.</summary>
    public const long Most = 96L << 20;

    /// <summary>A body up to this size is small.</summary>
    public const int Small = 16 * 1024;

    private long _taken;

    public bool TryTake(int bytes)
    {
        if (bytes <= Small) return true;
        if (Interlocked.Add(ref _taken, bytes) <= Most) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void Return(int bytes)
    {
        if (bytes > Small) Interlocked.Add(ref _taken, -bytes);
    }
}

/// <summary>
/// The bytes of one call, unpacked, in lent memory: nothing of it may be used after this is disposed. The bounds hold for
/// the bytes on the wire and for the unpacked ones: a bomb is stopped at the bound, not after it.
/// </summary>
internal sealed class CallBody(BodyRoom room) : IDisposable
{
    // The server's own floor is an average: who sends much at once could then be silent for hours.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // How long the beginning of a body that is too large is waited for.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private static readonly CallAnswer.Fault TooSlow = new(503, "too_slow", "The body came too slowly. Try again after the time in Retry-After.", TimeSpan.FromSeconds(2));

    private byte[] _bytes = [];
    private int _length;
    private CancellationTokenSource? _patience;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads the body, whatever its Content-Type says.</summary>
    /// <returns>Why it cannot be read; null if it was.</returns>
    public async Task<CallAnswer.Fault?> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > TrackingCall.MaxBody) return CallAnswer.TooLarge;
        try
        {
            await using var unpacked = Unpacked(request);
            var from = unpacked ?? request.Body;
            while (true)
            {
                if (_length == _bytes.Length && !TryGrow(unpacked is not null ? 0 : (int)(request.ContentLength ?? 0))) return CallAnswer.Busy(TimeSpan.FromSeconds(2));
                if (_bytes.Length > BodyRoom.Small && _patience is null)
                {
                    _patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                    _patience.CancelAfter(Longest);
                }
                var read = await from.ReadAsync(_bytes.AsMemory(_length), _patience?.Token ?? cancel);
                if (read == 0) return null;
                _length += read;
                if (_length > TrackingCall.MaxBody) return CallAnswer.TooLarge;
            }
        }
        catch (InvalidDataException)
        {
            return new(400, "invalid_gzip", "Content-Encoding says gzip, but the body is not, or not all of it came.");
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return CallAnswer.TooLarge;
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status408RequestTimeout)
        {
            return TooSlow;
        }
        catch (OperationCanceledException) when (_patience is { IsCancellationRequested: true } && !cancel.IsCancellationRequested)
        {
            return TooSlow;
        }
        catch (BadHttpRequestException)
        {
            return new(400, "invalid_body", "The body is not as its headers say: it ended early, or its chunks are wrong.");
        }
    }

    /// <summary>The beginning of a body that is too large: what was read of it, or what comes within a moment.</summary>
    public async Task<ReadOnlyMemory<byte>> BeginningAsync(HttpRequest request, CancellationToken cancel)
    {
        if (_length == 0 && TryGrow(BodyRoom.Small))
        {
            using var moment = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            moment.CancelAfter(Moment);
            try
            {
                await using var unpacked = Unpacked(request);
                while (_length < BodyRoom.Small && await (unpacked ?? request.Body).ReadAsync(_bytes.AsMemory(_length), moment.Token) is > 0 and var read) _length += read;
            }
            catch (Exception fault) when (fault is BadHttpRequestException or InvalidDataException || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // What came until then is what there is.
            }
        }
        return Bytes[..Math.Min(_length, BodyRoom.Small)];
    }

    public void Dispose()
    {
        var lent = _bytes;
        (_bytes, _length) = ([], 0);
        _patience?.Dispose();
        if (lent.Length == 0) return;
        ArrayPool<byte>.Shared.Return(lent);
        room.Return(lent.Length);
    }

    private static GZipStream? Unpacked(HttpRequest request) => request.Headers.ContentEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase)
        ? new(request.Body, CompressionMode.Decompress, leaveOpen: true) : null;

    // By what has come, not by what was promised: a caller who names a length and sends nothing takes little. The byte
    // beyond the length is for the read that sees the end.
    private bool TryGrow(int promised)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(_length == 0 ? Math.Clamp(promised + 1, 4096, BodyRoom.Small) : _length * 2);
        if (!room.TryTake(bigger.Length))
        {
            ArrayPool<byte>.Shared.Return(bigger);
            return false;
        }
        Bytes.CopyTo(bigger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            room.Return(_bytes.Length);
        }
        _bytes = bigger;
        return true;
    }
}
