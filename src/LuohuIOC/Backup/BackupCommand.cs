using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using LuohuIOC.Http;
using LuohuIOC.Identity;
using LuohuIOC.Storage;
using LuohuIOC.Texts;

namespace LuohuIOC.Backup;

/// <summary>
/// <c>backup [--to FILE] [--data DIR] [--token-file FILE]</c>: the node of a data directory into one file, whether its host runs or not. A running
/// one is asked for it, at the address that it left in the directory; the file is read again and verified before it gets its name.
/// </summary>
public static class BackupCommand
{
    public const string Verb = "backup";

    private const long WorthTelling = 64 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Dictionary<string, string> Switches = new() { ["--data"] = "DataDirectory", ["--to"] = "to", ["--token-file"] = "token-file" };

    /// <param name="args">Without the verb.</param>
    /// <param name="output">Gets the archive's path alone, so that a shell can take it up; the usage when that is asked for.</param>
    /// <param name="notes">Gets everything else.</param>
    /// <param name="clock">For the time of the backup.</param>
    /// <returns>0; 2 when the arguments make no sense; 1 when there is no backup.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter notes, TimeProvider clock)
    {
        var line = CommandLine.Read(args, Switches);
        if (line.Answer("backup.usage", output, notes) is { } answered) return answered;
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables()
            .AddInMemoryCollection(line.Values).Build();
        var data = IdentityFile.DataDirectoryOf(configuration);
        var name = $"luohu-backup-{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.tar.gz";
        var target = Path.GetFullPath(line["to"] is { Length: > 0 } to ? (Directory.Exists(to) ? Path.Combine(to, name) : to) : name);
        if (!Directory.Exists(data)) return Say(notes, 2, "backup.no-data", data);
        if (File.Exists(target)) return Say(notes, 2, "backup.exists", target);
        if (!Path.GetRelativePath(data, target).StartsWith("..", StringComparison.Ordinal)) return Say(notes, 2, "backup.inside", target);
        return TakeAsync(data, target, line["token-file"], notes, clock).GetAwaiter().GetResult() is { } manifest
            ? Report(manifest, target, output, notes)
            : 1;
    }

    internal static int Say(TextWriter notes, int code, string key, params object?[] arguments)
    {
        notes.WriteLine(TextBook.InBoth(key, arguments));
        return code;
    }

    private static async Task<BackupManifest?> TakeAsync(string data, string target, string? tokenFile, TextWriter notes, TimeProvider clock)
    {
        var part = target + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            // Hashes of tokens and, until they are deleted, secrets in clear are in it.
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            await using (var file = new FileStream(part, options))
            {
                if (target.EndsWith(".tar", StringComparison.Ordinal)) await FillAsync(data, file, tokenFile, notes, clock);
                else await using (var tape = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true)) await FillAsync(data, tape, tokenFile, notes, clock);
                file.Flush(flushToDisk: true);
            }
            var manifest = await BackupArchive.VerifyAsync(part, CancellationToken.None);
            File.Move(part, target);
            return manifest;
        }
        catch (BackupFaultException e)
        {
            Say(notes, 1, $"backup.fault.{e.Code}", e.File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            Say(notes, 1, "backup.failed", e.Message);
        }
        File.Delete(part);
        return null;
    }

    private static async Task FillAsync(string data, Stream tape, string? tokenFile, TextWriter notes, TimeProvider clock)
    {
        using var folder = DataFolder.TryClaim(data);
        var note = NodeNote.Read(data);
        if (folder is null)
        {
            Say(notes, 0, "backup.of-running", data, note.Address);
            await AskHostAsync(note, data, tape, tokenFile, notes);
            return;
        }
        if (folder.IsUnfinished) throw new BackupFaultException("unfinished", data);
        Say(notes, 0, "backup.of-stopped", data);
        using var snapshot = await NodeSnapshot.TakeAsync(data, new NodeAtRest(data), note.Elsewhere, clock, CancellationToken.None);
        await BackupArchive.WriteAsync(snapshot, tape, CancellationToken.None);
    }

    private static async Task AskHostAsync(NodeNote note, string data, Stream tape, string? tokenFile, TextWriter notes)
    {
        if (note.Address is null) throw new BackupFaultException("no-address", data);
        tokenFile ??= Path.Combine(data, "credentials", "administrator.token");
        if (!File.Exists(tokenFile)) throw new BackupFaultException("no-token", tokenFile);
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Post, note.Address + BackupEndpoint.Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(tokenFile)).Trim());
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode) throw new IOException($"{(int)response.StatusCode}: {DetailOf(await response.Content.ReadAsStringAsync())}");
        var all = response.Headers.TryGetValues(BackupEndpoint.BytesHeader, out var values) && long.TryParse(values.First(), out var bytes) ? bytes : 0;
        await using var content = await response.Content.ReadAsStreamAsync();
        await CopyAsync(content, tape, all, notes);
    }

    private static async Task CopyAsync(Stream from, Stream to, long all, TextWriter notes)
    {
        var buffer = new byte[1 << 20];
        var (done, told) = (0L, 0L);
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read));
            done += read;
            if (all < WorthTelling || done * 10 / all <= told) continue;
            told = done * 10 / all;
            if (told < 10) notes.WriteLine($"  {told * 10,3}%  {Size(done)}");
        }
    }

    private static string DetailOf(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() ?? body : body;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static int Report(BackupManifest manifest, string target, TextWriter output, TextWriter notes)
    {
        List(manifest, notes);
        Say(notes, 0, "backup.done", manifest.Files.Count, Size(manifest.Bytes), Size(new FileInfo(target).Length), target);
        output.WriteLine(target);
        return 0;
    }

    /// <summary>The files by store and what is not among them.</summary>
    internal static void List(BackupManifest manifest, TextWriter notes)
    {
        foreach (var group in manifest.Files.GroupBy(f => f.Path.Contains('/') ? f.Path[..(f.Path.IndexOf('/') + 1)] : f.Path))
            notes.WriteLine($"  {Size(group.Sum(f => f.Bytes)),10}  {group.Key}");
        foreach (var store in manifest.Elsewhere) Say(notes, 0, $"backup.elsewhere.{store}");
    }

    internal static string Size(long bytes) => bytes >= 1 << 20 ? $"{bytes / 1048576.0:F1} MiB" : $"{bytes / 1024.0:F1} KiB";
}
