using System.Security.Cryptography;
using Kendt.Unify.Matching;

namespace Kendt.Unify.Batch;

/// <summary>What is kept in memory of an applied run to match those who come after it.</summary>
/// <param name="Run">The run that it stands on.</param>
/// <param name="Reached">What has been put into it.</param>
internal sealed record HeldIndex(Guid Run, Reached Reached, IReadOnlyDictionary<bool, MatchIndex> OfAccounts);

/// <summary>
/// The indexes of matching as files in the workspace's folder: one of persons, one of companies. A file says by which build of this program it was
/// written and ends with a hash of all that is before; one that is torn, of another build or of another run is as good as none, for all can be
/// made again.
/// </summary>
internal sealed class IndexFiles(string folder)
{
    private const int HashLength = 32;

    private static ReadOnlySpan<byte> Mark => "kendt index 1\n"u8;

    /// <summary>How large the files are; 0 if there are none.</summary>
    public long Bytes => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.index").Sum(file => new FileInfo(file).Length) : 0;

    /// <summary>Writes all; a process that is killed meanwhile leaves what was there before.</summary>
    public void Save(HeldIndex held)
    {
        Directory.CreateDirectory(folder);
        foreach (var (isAccount, index) in held.OfAccounts)
        {
            var path = PathOf(isAccount);
            using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                using (var hash = SHA256.Create())
                {
                    using (var hashed = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
                    using (var writer = new BinaryWriter(hashed))
                    {
                        writer.Write(Mark);
                        writer.Write(Build());
                        writer.Write(held.Run.ToByteArray());
                        writer.Write(held.Reached.Records);
                        writer.Write(held.Reached.Messages);
                        writer.Flush();
                        using var buffered = new BufferedStream(hashed, 1 << 16);
                        index.Save(buffered);
                    }
                    file.Write(hash.Hash!);
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    /// <summary>Reads what stands on a run; null if some kind is not there whole.</summary>
    public HeldIndex? Load(Guid run, IEnumerable<bool> kinds, MatchConfig config)
    {
        var (found, reached) = (new Dictionary<bool, MatchIndex>(), new Reached(long.MaxValue, long.MaxValue));
        foreach (var isAccount in kinds)
        {
            if (!File.Exists(PathOf(isAccount))) return null;
            using var file = new FileStream(PathOf(isAccount), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            if (!IsWhole(file)) return null;
            file.Position = 0;
            using var reader = new BinaryReader(file);
            if (!reader.ReadBytes(Mark.Length).AsSpan().SequenceEqual(Mark) || !reader.ReadBytes(16).AsSpan().SequenceEqual(Build()) || new Guid(reader.ReadBytes(16)) != run) return null;
            // Of two files of different times, what one has more than the other is put into it again.
            reached = new(Math.Min(reached.Records, reader.ReadInt64()), Math.Min(reached.Messages, reader.ReadInt64()));
            found[isAccount] = MatchIndex.Load(file, config.Rules, config.CleanSources);
        }
        return new(run, reached, found);
    }

    public void Delete()
    {
        foreach (var isAccount in new[] { false, true }) File.Delete(PathOf(isAccount));
    }

    private static bool IsWhole(FileStream file)
    {
        if (file.Length < HashLength) return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var room = new byte[1 << 20];
        for (var left = file.Length - HashLength; left > 0;)
        {
            var read = file.Read(room, 0, (int)Math.Min(room.Length, left));
            if (read == 0) return false;
            hash.AppendData(room, 0, read);
            left -= read;
        }
        var end = new byte[HashLength];
        file.ReadExactly(end);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(end);
    }

    private string PathOf(bool isAccount) => Path.Combine(folder, isAccount ? "account.index" : "person.index");

    // What values become when they are normalised follows from the program.
    private static byte[] Build() => typeof(MatchIndex).Module.ModuleVersionId.ToByteArray();
}
