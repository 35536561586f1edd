using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.Notices;

/// <summary>
/// Webhooks: robots of the group chats of WeCom, DingTalk and Feishu, which are told by their servers' names and answer 200 to what they refuse, too; anything else gets the alerts as JSON, for a
/// gateway to telephones or short messages.
/// </summary>
internal sealed class WebhookSender(IHttpClientFactory clients, TimeProvider clock) : INoticeSender
{
    public const string ClientName = "notices";

    /// <summary>Of a WeCom robot's text, the shortest of the three.</summary>
    private const int RobotBytesMax = 2048;

    /// <summary>Of an answer that are looked at.</summary>
    private const int AnswerBytesMax = 4096;

    /// <summary>Alerts as the interface gives them.</summary>
    private static readonly JsonSerializerOptions Json = JsonOptions();

    public NoticeChannel Channel => NoticeChannel.Webhook;

    public int BytesMax(Recipient recipient) => recipient.FormOf() == WebhookForm.Plain ? int.MaxValue : RobotBytesMax;

    public async Task<NoticeResult> SendAsync(Recipient recipient, NoticeMessage message, CancellationToken cancellation)
    {
        var form = recipient.FormOf();
        try
        {
            using var http = clients.CreateClient(ClientName);
            http.Timeout = Timeout.InfiniteTimeSpan;
            // With its length: some servers take no body that comes in chunks.
            using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(form, recipient))
            {
                Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Body(form, recipient, message), Json)),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            // What such a server has taken it has taken, whatever page it answers with.
            if (answer.IsSuccessStatusCode && form == WebhookForm.Plain) return new NoticeResult(true, $"HTTP {(int)answer.StatusCode}");
            var text = await TextAsync(answer.Content, cancellation);
            return answer.IsSuccessStatusCode
                ? new NoticeResult(IsDone(form, text), Answers.Without(recipient.Address, text))
                : new NoticeResult(false, Answers.Without(recipient.Address, $"HTTP {(int)answer.StatusCode} {text}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new NoticeResult(false, TextBook.Get(message.Language, "notice.no-connection", INoticeSender.ConnectPatience.TotalSeconds));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return new NoticeResult(false, Answers.Without(recipient.Address, e.Message));
        }
    }

    /// <summary>The beginning of an answer, as UTF-8 whatever it says it is.</summary>
    private static async Task<string> TextAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var bytes = new byte[AnswerBytesMax];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation)));
    }

    private string AddressOf(WebhookForm form, Recipient recipient) => form == WebhookForm.DingTalk && recipient.SigningKey.Length > 0
        ? recipient.Address + (recipient.Address.Contains('?') ? '&' : '?') + RobotSignature.OfDingTalk(recipient.SigningKey, clock.GetUtcNow())
        : recipient.Address;

    private object Body(WebhookForm form, Recipient recipient, NoticeMessage message) => form switch
    {
        WebhookForm.Plain => new { title = message.Title, text = message.Text, ended = message.IsOver, alerts = message.Alerts },
        WebhookForm.Feishu when recipient.SigningKey.Length > 0 => SignedForFeishu(RobotSignature.OfFeishu(recipient.SigningKey, clock.GetUtcNow()), message),
        WebhookForm.Feishu => new { msg_type = "text", content = new { text = message.Whole } },
        _ => new { msgtype = "text", text = new { content = message.Whole } },
    };

    private static object SignedForFeishu((string Timestamp, string Sign) signature, NoticeMessage message) =>
        new { timestamp = signature.Timestamp, sign = signature.Sign, msg_type = "text", content = new { text = message.Whole } };

    /// <summary>0 is done: <c>errcode</c> of WeCom and DingTalk, <c>code</c> of Feishu, beside what was wrong.</summary>
    private static bool IsDone(WebhookForm form, string text)
    {
        try
        {
            using var answer = JsonDocument.Parse(text);
            return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty(form == WebhookForm.Feishu ? "code" : "errcode", out var code)
                && code.ValueKind == JsonValueKind.Number && code.TryGetInt64(out var number) && number == 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonSerializerOptions JsonOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        HttpJson.Configure(options);
        return options;
    }
}
