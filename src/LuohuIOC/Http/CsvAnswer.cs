using System.Globalization;
using CsvHelper;
using LuohuIOC.Texts;
using Microsoft.Net.Http.Headers;

namespace LuohuIOC.Http;

/// <summary>
/// A list as CSV (RFC 4180) for a person's spreadsheet: UTF-8 with the mark by which Excel knows it, written while it is read, no cell that runs as a
/// formula. Asked for by <c>Accept: text/csv</c> or, where a caller sets no headers, <c>?format=csv</c>, which goes before the header.
/// </summary>
internal static class CsvAnswer
{
    public const string MediaType = "text/csv";
    public const string Parameter = "format";

    /// <summary>A spreadsheet runs a cell that begins with one of these as a formula; the wide ones too in an East Asian locale.</summary>
    public const string FormulaStarts = "=+-@\t\r\n＝＋－＠";

    /// <returns>False when <c>format</c> is neither json nor csv.</returns>
    public static bool TryRead(HttpRequest request, out bool isCsv)
    {
        var format = request.Query[Parameter].ToString();
        isCsv = format.Length == 0 ? IsAccepted(request) : format.Equals("csv", StringComparison.OrdinalIgnoreCase);
        return format.Length == 0 || isCsv || format.Equals("json", StringComparison.OrdinalIgnoreCase);
    }

    public static IResult Unknown(HttpContext context) => Problem.Of(context, StatusCodes.Status400BadRequest, "format-unknown", context.Request.Query[Parameter].ToString());

    /// <summary>Local time with its offset: <c>2023-09-07T21:05:00+08:00</c>; empty without a time.</summary>
    public static string Time(DateTimeOffset? time, bool isFine = false) =>
        time?.ToOffset(TimeParameter.ShanghaiOffset).ToString(isFine ? "yyyy-MM-dd'T'HH:mm:ss.fffzzz" : "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Writes the table. What fails before its first row is the caller's to describe; the answer has not begun then.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">Of the file, without date and ending.</param>
    /// <param name="now">For the file's name.</param>
    /// <param name="columns">Heads of the columns.</param>
    /// <param name="rows">Their cells; a row of one cell is a remark, the others are as long as the heads.</param>
    public static async Task<IResult> WriteAsync(HttpContext context, string name, DateTimeOffset now, IReadOnlyList<string> columns, IAsyncEnumerable<string[]> rows)
    {
        var cancel = context.RequestAborted;
        await using var row = rows.GetAsyncEnumerator(cancel);
        var hasRow = await row.MoveNextAsync();
        var day = now.ToOffset(TimeParameter.ShanghaiOffset).ToString("yyyyMMdd-HHmm", CultureInfo.InvariantCulture);
        context.Response.ContentType = $"{MediaType}; charset=utf-8; header=present";
        context.Response.Headers.ContentDisposition = $"attachment; filename={name}-{day}.csv";
        context.Response.Headers.ContentLanguage = TextBook.LanguageOf(context.Request);
        context.Response.Headers.Vary = "Accept, Accept-Language";
        await using var csv = CsvWriter.Create(context.Response.Body, new CsvWriterOptions { WriteByteOrderMark = true }, leaveOpen: true);
        await csv.WriteRecordAsync([.. columns.Select(Harmless)], cancel);
        for (; hasRow; hasRow = await row.MoveNextAsync()) await csv.WriteRecordAsync(Whole(row.Current, columns.Count), cancel);
        await csv.FlushAsync(cancel);
        return Results.Empty;
    }

    // Records of a table are equally long (RFC 4180, 2.4), and the writer takes no others: a remark has empty cells behind it.
    private static string[] Whole(string[] row, int columns) => [.. row.Select(Harmless), .. Enumerable.Repeat("", columns - row.Length)];

    /// <summary><c>=1+1</c> → <c>'=1+1</c>, also behind spaces; a number below zero is no formula and stays one.</summary>
    internal static string Harmless(string cell)
    {
        var text = cell.AsSpan().TrimStart(' ');
        if (text.Length == 0 || !FormulaStarts.Contains(text[0])) return cell;
        var isNumber = text.Length > 1 && text[0] == '-' && char.IsAsciiDigit(text[1]) && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isNumber ? cell : $"'{cell}";
    }

    // text/csv;q=0.5, application/json: the better of the two, the first of equals; JSON unless CSV is asked for.
    private static bool IsAccepted(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        foreach (var type in accepted.OrderByDescending(a => a.Quality ?? 1))
            if (type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)) return type.Quality is not 0;
            else if (type.MediaType.Value is "application/json" or "*/*" or "application/*") return false;
        return false;
    }
}
