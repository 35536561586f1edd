using System.Globalization;
using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.History.Upkeep;

/// <summary>A day written out, with what its reader should know.</summary>
/// <param name="Day">Day in Shanghai.</param>
/// <param name="File">Path below the data directory.</param>
/// <param name="Rows">Values in the file: one row is one metric of one reading.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Complete">False while the day is not over.</param>
/// <param name="Note">What that means and what to do, in the caller's language; null when the day is over.</param>
public sealed record DayExportView(DateOnly Day, string File, long Rows, long Bytes, bool Complete, string? Note);

/// <summary>An administrator has a day written to Parquet.</summary>
internal static class ExportEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/history/export", WriteAsync).RequireAuthorization("administrator").WithTags("readings").WithName("ExportHistory").Produces<DayExportView>()
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);

    private static async Task<IResult> WriteAsync(HttpContext context, ParquetExport export, ILogger<ParquetExport> log, TimeProvider time, string? day)
    {
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var wanted))
            return Problem.Of(context, StatusCodes.Status400BadRequest, "history-day", day);
        try
        {
            // Looked at before: the day may end meanwhile, and the file lacks what came after its sensors were read.
            var isOver = time.GetUtcNow().ToUnixTimeMilliseconds() >= ParquetExport.MidnightMs(wanted.AddDays(1));
            return await export.WriteAsync(wanted, context.RequestAborted) is { } written
                ? Results.Ok(new DayExportView(written.Day, written.File, written.Rows, written.Bytes, isOver, isOver ? null : TextBook.Get(TextBook.LanguageOf(context.Request), "history.day-not-over", day)))
                : Problem.Of(context, StatusCodes.Status409Conflict, "history-day-empty", day);
        }
        catch (Exception e) when (e is HistoryUnavailableException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            log.LogError("Export of {Day}: {Cause}", wanted, e.Message);
            return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "history-export-failed", day);
        }
    }
}
