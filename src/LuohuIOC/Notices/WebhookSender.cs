using System.Net.Sockets;
using System.Text.Json;

namespace LuohuIOC.Notices;

/// <summary>
/// Webhooks: robots of the group chats of WeCom, DingTalk and Feishu, which are told by their servers' names and answer 200 to what they refuse, too; anything else gets the alerts as JSON, for a
/// gateway to telephones or short messages.
/// </summary>
internal sealed class WebhookSender(IHttpClientFactory clients) : INoticeSender
{
    public const string ClientName = "notices";

    /// <summary>Of a WeCom robot's text, the shortest of the three; the title is part of it.</summary>
    private const int RobotBytesMax = 2048;

    private const int TitleBytesMax = 400;
    private const int AnswerBytesMax = 64 * 1024;

    public NoticeChannel Channel => NoticeChannel.Webhook;

    public int BytesMax(Recipient recipient) => FormOf(recipient) == Form.Plain ? int.MaxValue : RobotBytesMax - TitleBytesMax;

    public async Task<NoticeResult> SendAsync(Recipient recipient, NoticeMessage message, CancellationToken cancellation)
    {
        var form = FormOf(recipient);
        try
        {
            using var http = clients.CreateClient(ClientName);
            http.MaxResponseContentBufferSize = AnswerBytesMax;
            using var answer = await http.PostAsJsonAsync(recipient.Address, Body(form, message), cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (!answer.IsSuccessStatusCode) return new NoticeResult(false, Answers.OneLine($"HTTP {(int)answer.StatusCode} {text}"));
            return form == Form.Plain ? new NoticeResult(true, $"HTTP {(int)answer.StatusCode}") : Robot(form, text);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or JsonException)
        {
            return new NoticeResult(false, Answers.OneLine(e.Message));
        }
    }

    private static object Body(Form form, NoticeMessage message) => form switch
    {
        Form.Plain => new { title = message.Title, text = message.Text, alerts = message.Alerts },
        Form.Feishu => new { msg_type = "text", content = new { text = $"{message.Title}\n{message.Text}" } },
        _ => new { msgtype = "text", text = new { content = $"{message.Title}\n{message.Text}" } },
    };

    /// <summary>0 is done: <c>errcode</c> of WeCom and DingTalk, <c>code</c> of Feishu, beside what was wrong.</summary>
    private static NoticeResult Robot(Form form, string text)
    {
        using var answer = JsonDocument.Parse(text);
        var isDone = answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty(form == Form.Feishu ? "code" : "errcode", out var code)
            && code.ValueKind == JsonValueKind.Number && code.TryGetInt64(out var number) && number == 0;
        return new NoticeResult(isDone, Answers.OneLine(text));
    }

    private static Form FormOf(Recipient recipient) => new Uri(recipient.Address).Host switch
    {
        "qyapi.weixin.qq.com" => Form.WeCom,
        "oapi.dingtalk.com" => Form.DingTalk,
        "open.feishu.cn" => Form.Feishu,
        _ => Form.Plain,
    };

    private enum Form
    {
        Plain,
        WeCom,
        DingTalk,
        Feishu,
    }
}
