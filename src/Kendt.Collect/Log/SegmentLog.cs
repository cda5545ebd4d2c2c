using System.Collections.Concurrent;
using System.Globalization;
using Kendt.Model;
using Microsoft.Win32.SafeHandles;

namespace Kendt.Collect;

/// <summary>
/// The messages as files of <see cref="Frame"/>s in a folder. A file is named after the place of its first message; only the
/// last one grows. What was being written when the process ended is cut off at the next start: nobody was told that it is
/// taken. Damage elsewhere costs the frames that it hit and is told.
/// </summary>
internal sealed class SegmentLog : IMessageStore
{
    private const int ReadBytes = 32 << 20, WriteBytes = 4 << 20, Ahead = 16;
    private const string Ending = ".seg";

    private readonly string _folder;
    private readonly IntakeOptions _options;
    private readonly FrameBuffer _frames = new();
    private readonly List<UInt128> _fresh = [], _asked = [];
    private readonly HashSet<UInt128> _group = [];
    private readonly ConcurrentDictionary<LogDamage, byte> _told = [];
    private FileStream _lock = null!;
    private IdTables _ids = null!;
    private SafeFileHandle _file = null!;
    private Task _saving = Task.CompletedTask;
    private bool _isLeftOver; // there may be something behind the log's end
    private long[] _segments;
    private volatile Place _tail = new(0, 0, 0), _cursor = new(0, 0, 0);

    // The message at a place, and where in which segment it ends: the end of what is durable, and where readers mostly go on.
    private sealed record Place(long Seq, long Segment, long Offset);

    private SegmentLog(string folder, IntakeOptions options) => (_folder, _options, _segments) = (folder, options, SegmentsOf(folder));

    public long Last => _tail.Seq;

    /// <param name="atLeast">A place that was reached: those up to it are not given again, even if their messages are gone.</param>
    /// <exception cref="CannotException">The folder cannot be written, or another process has the log open.</exception>
    public static SegmentLog Open(string folder, IntakeOptions options, long atLeast)
    {
        SegmentLog? log = null;
        try
        {
            Directory.CreateDirectory(folder);
            log = new SegmentLog(folder, options);
            log.Open(atLeast);
            return log;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log?._file?.Dispose();
            log?._ids?.Dispose();
            log?._lock?.Dispose();
            throw new CannotException($"The intake log in '{folder}' cannot be opened ({fault.Message}). Check that you may write to it, that no other program has it open and that the disk is not full.", fault);
        }
    }

    /// <summary>All messages of a log, read beside whoever writes it; what is damaged is left out.</summary>
    public static IEnumerable<Message> ReadFolder(string folder)
    {
        var messages = new List<Message>();
        foreach (var first in SegmentsOf(folder))
        {
            using var reader = new SegmentReader(PathOf(folder, first), 0, null, first - 1);
            while (true)
            {
                messages.Clear();
                if (!reader.Read(out var frame)) break;
                frame.CopyTo(messages, 0, long.MaxValue);
                foreach (var message in messages) yield return message;
            }
        }
    }

    public ValueTask<int[]> AppendAsync(IReadOnlyList<Append> calls) => new(Append(calls));

    public Task<List<Message>> ReadAsync(long afterSeq, int max, CancellationToken cancel) => Task.FromResult(Read(afterSeq, max, cancel));

    public Task<LogHealth> VerifyAsync(CancellationToken cancel)
    {
        var (tail, messages, damages) = (_tail, 0L, new List<LogDamage>());
        foreach (var first in Volatile.Read(ref _segments).TakeWhile(s => s <= tail.Segment))
        {
            using var reader = Reader(first, tail, null);
            while (reader.Read(out var frame))
            {
                cancel.ThrowIfCancellationRequested();
                messages += frame.Count;
            }
            damages.AddRange(reader.Damages);
        }
        return Task.FromResult(new LogHealth(messages, damages));
    }

    public Task<long> RemoveAsync(DateTimeOffset receivedBefore, long upToSeq, CancellationToken cancel)
    {
        var removed = 0L;
        while (Volatile.Read(ref _segments) is [var first, var next, ..] && next - 1 <= upToSeq)
        {
            cancel.ThrowIfCancellationRequested();
            using var reader = Reader(next, _tail, null);
            if (!reader.Read(out var frame) || frame.ReceivedAt >= receivedBefore) break;
            ChangeSegments(all => all[1..]);
            File.Delete(PathOf(_folder, first));
            removed += next - first;
        }
        return Task.FromResult(removed);
    }

    public async ValueTask DisposeAsync()
    {
        await _saving;
        if (_ids.Through < Last) Save(Last);
        _ids.Dispose();
        _file.Dispose();
        _lock.Dispose();
    }

    private void Open(long atLeast)
    {
        _lock = new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        // A last file without a whole frame was begun when the process ended; its name says what was reached.
        while (_segments is [.., var begun] && !Reader(begun, null, null).HasAny())
        {
            atLeast = Math.Max(atLeast, begun - 1);
            File.Delete(PathOf(_folder, begun));
            _segments = _segments[..^1];
        }
        if (_segments.Length == 0) _segments = [atLeast + 1];
        var active = _segments[^1];
        _file = OpenActive(active, FileMode.OpenOrCreate);
        var (last, end) = (active - 1, 0L);
        using (var reader = Reader(active, null, null))
        {
            while (reader.Read(out var frame)) last = frame.Last;
            end = reader.Offset;
            Tell(reader);
        }
        var torn = RandomAccess.GetLength(_file) - end;
        _ids = IdTables.Open(Path.Combine(_folder, "ids"), last, _options.FirstIdSlots);
        if (Math.Max(atLeast, _ids.Reached) > last) _options.Damaged(new(Path.GetFileName(PathOf(_folder, active)), end, torn, last));
        if (torn > 0) RandomAccess.SetLength(_file, end);
        KnowAgain(last);
        _tail = new(Math.Max(last, Math.Max(atLeast, _ids.Reached)), active, end);
    }

    // What came after the tables were saved.
    private void KnowAgain(long last)
    {
        if (_ids.Through >= last) return;
        for (var i = Math.Max(0, IndexOf(_segments, _ids.Through + 1)); i < _segments.Length; i++)
        {
            using var reader = Reader(_segments[i], null, null);
            while (reader.Read(out var frame))
            {
                if (frame.Last <= _ids.Through) continue;
                var source = frame.Source;
                _ids.MakeRoom(frame.Count);
                foreach (var message in frame)
                {
                    var digest = _ids.DigestOf(source, System.Text.Encoding.UTF8.GetString(message.Id));
                    if (!_ids.Contains(digest)) _ids.Add(digest);
                }
            }
        }
    }

    private int[] Append(IReadOnlyList<Append> calls)
    {
        var fresh = new int[calls.Count];
        var (seq, segment, end) = _tail;
        _fresh.Clear();
        _group.Clear();
        _frames.Clear();
        _asked.Clear();
        foreach (var (source, items, _) in calls) foreach (var item in items) _asked.Add(_ids.DigestOf(source, item.MessageId));
        for (var (i, at) = (0, 0); i < calls.Count; i++)
        {
            foreach (var item in calls[i].Items)
            {
                if (at + Ahead < _asked.Count) _ids.Prefetch(_asked[at + Ahead]);
                var digest = _asked[at++];
                if (_ids.Contains(digest) || !_group.Add(digest)) continue;
                _frames.Add(++seq, calls[i].Source, calls[i].ReceivedAt, item);
                _fresh.Add(digest);
                fresh[i]++;
            }
            _frames.End();
            if (_frames.Written.Length >= WriteBytes) Write(ref end);
        }
        if (_fresh.Count == 0) return fresh;
        _ids.MakeRoom(_fresh.Count); // before anything is on the disk: afterwards it must not fail
        Write(ref end);
        _options.Flush(_file);
        _isLeftOver = false;
        // Only what is durable is known: an id that a power cut left without its message would lose the message for ever.
        foreach (var digest in _fresh) _ids.Add(digest);
        _tail = new(seq, segment, end);
        if (end >= _options.SegmentBytes) Roll(seq);
        return fresh;
    }

    // Always at the log's end. What a failed write left behind it goes first: its senders come again, and some of it written
    // over would leave the rest as messages that nobody was told of.
    private void Write(ref long end)
    {
        if (_isLeftOver && end == _tail.Offset) RandomAccess.SetLength(_file, end);
        _isLeftOver = true;
        _options.Write(_file, _frames.Written, end);
        end += _frames.Written.Length;
        _frames.Clear();
    }

    private void Roll(long last)
    {
        try
        {
            var next = OpenActive(last + 1, FileMode.Create);
            _file.Dispose();
            _file = next;
            ChangeSegments(all => [.. all, last + 1]);
            _tail = new(last, last + 1, 0);
            if (_saving.IsCompleted) _saving = Task.Run(() => Save(last));
        }
        catch (IOException)
        {
            // No room for one more file now: this one goes on growing, and the next append tries again.
            return;
        }
    }

    // What cannot be saved is made from the segments at the next start.
    private void Save(long through)
    {
        try
        {
            _ids.Save(through);
        }
        catch (IOException)
        {
            return;
        }
    }

    private List<Message> Read(long afterSeq, int max, CancellationToken cancel)
    {
        var messages = new List<Message>();
        // The tail first: segments that it knows are in the list that is read after it.
        var (tail, segments, cursor, bytes) = (_tail, Volatile.Read(ref _segments), _cursor, 0L);
        if (afterSeq >= tail.Seq) return messages;
        for (var i = Math.Max(0, IndexOf(segments, afterSeq + 1)); i < segments.Length && segments[i] <= tail.Segment && messages.Count < max && bytes < ReadBytes; i++)
        {
            using var reader = Reader(segments[i], tail, cursor.Seq <= afterSeq && cursor.Segment == segments[i] ? cursor : null);
            while (messages.Count < max && bytes < ReadBytes)
            {
                cancel.ThrowIfCancellationRequested();
                var before = reader.Offset;
                if (!reader.Read(out var frame)) break;
                if (frame.Last <= afterSeq) continue;
                var most = Math.Max(frame.First, afterSeq + 1) + max - messages.Count - 1;
                frame.CopyTo(messages, afterSeq, most);
                bytes += reader.Offset - before;
                // A frame of which a part was read is read again for the rest.
                _cursor = most >= frame.Last ? new(frame.Last, segments[i], reader.Offset) : new(frame.First - 1, segments[i], before);
            }
            Tell(reader);
        }
        return messages;
    }

    private SegmentReader Reader(long segment, Place? tail, Place? from) =>
        new(PathOf(_folder, segment), from?.Offset ?? 0, segment == tail?.Segment ? tail.Offset : null, from?.Seq ?? segment - 1);

    private void Tell(SegmentReader reader)
    {
        foreach (var damage in reader.Damages) if (_told.TryAdd(damage, 0)) _options.Damaged(damage);
    }

    private SafeFileHandle OpenActive(long first, FileMode mode)
    {
        var file = File.OpenHandle(PathOf(_folder, first), mode, FileAccess.ReadWrite, FileShare.Read);
        Durable.Folder(_folder); // a file is there after a power cut when its folder says so
        return file;
    }

    private void ChangeSegments(Func<long[], long[]> change)
    {
        while (Volatile.Read(ref _segments) is var seen && Interlocked.CompareExchange(ref _segments, change(seen), seen) != seen) continue;
    }

    private static int IndexOf(long[] segments, long seq) => Array.BinarySearch(segments, seq) is var at && at >= 0 ? at : ~at - 1;

    private static long[] SegmentsOf(string folder) => [.. Directory.EnumerateFiles(folder, "*" + Ending)
        .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : 0)
        .Where(first => first > 0).Order()];

    private static string PathOf(string folder, long first) => Path.Combine(folder, first.ToString("D19", CultureInfo.InvariantCulture) + Ending);
}
