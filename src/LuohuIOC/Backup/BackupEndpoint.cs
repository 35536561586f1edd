using System.Globalization;
using LuohuIOC.Http;
using LuohuIOC.Storage;

namespace LuohuIOC.Backup;

/// <summary>An administrator takes the node with them: everything in its data directory as one tar.</summary>
internal static class BackupEndpoint
{
    public const string Path = "/api/v1/backup";

    /// <summary>Header with the bytes of all files, so that who reads the stream can say how far it is.</summary>
    public const string BytesHeader = "X-Backup-Bytes";

    public static void Map(IEndpointRouteBuilder routes, IReadOnlyList<string> elsewhere)
    {
        var one = new SemaphoreSlim(1);
        routes.MapPost(Path, (HttpContext context, DataFolder folder, INodeStores node, TimeProvider clock, IHostApplicationLifetime life, ILogger<NodeSnapshot> log) =>
                AnswerAsync(context, folder.Path, node, clock, life, log, one, elsewhere))
            .RequireAuthorization("administrator").WithTags("host").WithName("TakeBackup")
            .GivesOnly("application/x-tar").ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context, string folder, INodeStores node, TimeProvider clock, IHostApplicationLifetime life, ILogger log, SemaphoreSlim one, IReadOnlyList<string> elsewhere)
    {
        if (!await one.WaitAsync(0)) return Problem.Of(context, StatusCodes.Status409Conflict, "backup-running");
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
            var begun = clock.GetTimestamp();
            using var snapshot = await NodeSnapshot.TakeAsync(folder, node, elsewhere, clock, ended.Token);
            log.LogInformation("Backup: {Files} files, {Bytes} bytes, copied in {Seconds:F1} s", snapshot.Manifest.Files.Count, snapshot.Manifest.Bytes, clock.GetElapsedTime(begun).TotalSeconds);
            context.Response.ContentType = "application/x-tar";
            context.Response.Headers[BytesHeader] = snapshot.Manifest.Bytes.ToString(CultureInfo.InvariantCulture);
            await BackupArchive.WriteAsync(snapshot, context.Response.Body, ended.Token);
            return Results.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or History.HistoryUnavailableException && !context.Response.HasStarted)
        {
            log.LogError("Backup: {Cause}", e.Message);
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "backup-failed", e.Message);
        }
        finally
        {
            one.Release();
        }
    }
}
