namespace LuohuIOC.Notices;

/// <summary>What the server behind a webhook wants to be sent.</summary>
internal enum WebhookForm : byte
{
    /// <summary>The alerts as JSON.</summary>
    Plain,
    WeCom,
    DingTalk,
    Feishu,
}

internal static class WebhookForms
{
    /// <summary>By the server's name.</summary>
    public static WebhookForm FormOf(this Recipient recipient) => new Uri(recipient.Address).Host switch
    {
        "qyapi.weixin.qq.com" => WebhookForm.WeCom,
        "oapi.dingtalk.com" => WebhookForm.DingTalk,
        "open.feishu.cn" => WebhookForm.Feishu,
        _ => WebhookForm.Plain,
    };
}
