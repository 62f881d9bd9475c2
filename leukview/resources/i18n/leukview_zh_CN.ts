<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>AboutDialog</name>
        <message>
            <source>A class-activation map shows what the model weighed, not where a disease is.</source>
            <translation>类激活图显示的是模型所关注的区域，而不是病变所在。</translation>
        </message>
        <message>
            <source>A workbench for research on blood films: it shows the cells that a slide scanner exported, proposes a class for each, counts them, and records what a person accepts or changes.</source>
            <translation>用于血涂片研究的工作平台：显示玻片扫描仪导出的细胞，为每个细胞提出分类建议并计数，同时记录人工接受或更改的内容。</translation>
        </message>
        <message>
            <source>About LeukView</source>
            <translation>关于 LeukView</translation>
        </message>
        <message>
            <source>About LeukView and its model</source>
            <translation>关于 LeukView 及其模型</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Intervals cover counting error only, not errors of the smear, the scanner or the model.</source>
            <translation>置信区间仅反映计数误差，不包括制片、扫描仪或模型的误差。</translation>
        </message>
        <message>
            <source>It does not replace the microscope: cells that the scanner did not export are not counted.</source>
            <translation>它不能代替显微镜：扫描仪未导出的细胞不计入。</translation>
        </message>
        <message>
            <source>It is not a medical device and makes no diagnosis.</source>
            <translation>它不是医疗器械，不作任何诊断。</translation>
        </message>
        <message>
            <source>Limits</source>
            <translation>局限</translation>
        </message>
        <message>
            <source>Measured</source>
            <translation>实测性能</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Name: {name}</source>
            <translation>名称：{name}</translation>
        </message>
        <message>
            <source>No model is loaded.</source>
            <translation>未加载模型。</translation>
        </message>
        <message>
            <source>None</source>
            <translation>无</translation>
        </message>
        <message>
            <source>SHA-256: {hash}</source>
            <translation>SHA-256：{hash}</translation>
        </message>
        <message>
            <source>Segmentation: {segmenter}</source>
            <translation>分割：{segmenter}</translation>
        </message>
        <message>
            <source>Stages it was not trained on (not assessed)</source>
            <translation>未训练的阶段（不评估）</translation>
        </message>
        <message>
            <source>Stages it was trained on</source>
            <translation>已训练的阶段</translation>
        </message>
        <message>
            <source>Trained on: {data}</source>
            <translation>训练数据：{data}</translation>
        </message>
        <message>
            <source>What it is</source>
            <translation>本软件是什么</translation>
        </message>
        <message>
            <source>What it is not</source>
            <translation>本软件不是什么</translation>
        </message>
    </context>
    <context>
        <name>AcknowledgeAlertDialog</name>
        <message>
            <source>Acknowledge</source>
            <translation>确认</translation>
        </message>
        <message>
            <source>Acknowledge an alert</source>
            <translation>确认警示</translation>
        </message>
        <message>
            <source>Called</source>
            <translation>已通知</translation>
        </message>
        <message>
            <source>Called (optional)</source>
            <translation>已通知（可选）</translation>
        </message>
        <message>
            <source>For instance what was agreed. Do not name the patient.</source>
            <translation>例如商定的事项。请勿写出患者姓名。</translation>
        </message>
        <message>
            <source>It concerns the slide as a whole.</source>
            <translation>该警示针对整张玻片。</translation>
        </message>
        <message>
            <source>Looked, not confirmed</source>
            <translation>已查看，未证实</translation>
        </message>
        <message>
            <source>Name a person if you called one</source>
            <translation>如已电话通知，请填写对方</translation>
        </message>
        <message>
            <source>Name or function of the person you spoke to</source>
            <translation>通话对象的姓名或职务</translation>
        </message>
        <message>
            <source>Not now</source>
            <translation>暂不</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Note (optional)</source>
            <translation>备注（可选）</translation>
        </message>
        <message>
            <source>Note or reason</source>
            <translation>备注或理由</translation>
        </message>
        <message>
            <source>One cell led to it.</source>
            <translation>由 1 个细胞触发。</translation>
        </message>
        <message>
            <source>The acknowledgement is recorded with your name and the time. It is not a diagnosis.</source>
            <translation>确认会连同您的姓名和时间一并记录。它不是诊断。</translation>
        </message>
        <message>
            <source>The person read the result back</source>
            <translation>对方已复述结果</translation>
        </message>
        <message>
            <source>This alert is an emergency: call first, then say here whom you called, when, and that the result was read back. If you looked and do not confirm it, give the reason.</source>
            <translation>此警报属急症：请先电话通知，再在此记录通知了谁、何时通知，以及对方已复述结果。若查看后不予证实，请填写理由。</translation>
        </message>
        <message>
            <source>Time of the call</source>
            <translation>通话时间</translation>
        </message>
        <message>
            <source>When</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Whom</source>
            <translation>通知对象</translation>
        </message>
        <message>
            <source>Whom you called</source>
            <translation>电话通知了谁</translation>
        </message>
        <message>
            <source>{count} cells led to it.</source>
            <translation>由 {count} 个细胞触发。</translation>
        </message>
    </context>
    <context>
        <name>ActionManager</name>
        <message>
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <source>Tools</source>
            <translation>工具</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
    </context>
    <context>
        <name>AgreementDialog</name>
        <message>
            <source> (95 % interval {0:.1f}–{1:.1f} %)</source>
            <translation>（95% 置信区间 {0:.1f}–{1:.1f}%）</translation>
        </message>
        <message>
            <source>&amp;0  Open again</source>
            <translation>&amp;0  重新待定</translation>
        </message>
        <message>
            <source>&amp;1  First reader's class</source>
            <translation>&amp;1  第一阅片者的类别</translation>
        </message>
        <message>
            <source>&amp;2  Second reader's class</source>
            <translation>&amp;2  第二阅片者的类别</translation>
        </message>
        <message>
            <source>&amp;3  This class</source>
            <translation>&amp;3  此类别</translation>
        </message>
        <message>
            <source>Another class</source>
            <translation>其他类别</translation>
        </message>
        <message>
            <source>By chance alone: {0:.1f} %. </source>
            <translation>仅凭偶然的一致率：{0:.1f}%。</translation>
        </message>
        <message>
            <source>Cell</source>
            <translation>细胞</translation>
        </message>
        <message>
            <source>Cells on which the readers differ</source>
            <translation>两位阅片者意见不一致的细胞</translation>
        </message>
        <message>
            <source>Cohen's κ cannot be computed: there is one class only, or no cell labelled by both.</source>
            <translation>无法计算 Cohen κ：只有一个类别，或没有两人均标注的细胞。</translation>
        </message>
        <message>
            <source>Cohen's κ {0:.2f}</source>
            <translation>Cohen κ {0:.2f}</translation>
        </message>
        <message>
            <source>Cohen's κ {0:.2f} (95 % interval {1:.2f} to {2:.2f})</source>
            <translation>Cohen κ {0:.2f}（95% 置信区间 {1:.2f} 至 {2:.2f}）</translation>
        </message>
        <message>
            <source>Consensus</source>
            <translation>共识</translation>
        </message>
        <message>
            <source>First and second reader</source>
            <translation>第一与第二阅片者</translation>
        </message>
        <message>
            <source>S&amp;how in the gallery</source>
            <translation>在图库中显示(&amp;H)</translation>
        </message>
        <message>
            <source>Settle a disagreement together: choose its line, then 1 or 2 for the class of a reader, 3 for the class in the box, 0 to open it again. Both readers' own labels stay on record.</source>
            <translation>共同解决分歧：选中该行，按 1 或 2 采用相应阅片者的类别，按 3 采用框中的类别，按 0 重新待定。两位阅片者各自的标注均保留在案。</translation>
        </message>
        <message>
            <source>The slide is signed. To settle a disagreement, close this list and amend the slide.</source>
            <translation>该玻片已签名。如需解决分歧，请关闭此列表并修订该玻片。</translation>
        </message>
        <message>
            <source>open</source>
            <translation>待定</translation>
        </message>
        <message>
            <source>{0} disagreements, {1} still open.</source>
            <translation>共 {0} 处分歧，{1} 处尚未解决。</translation>
        </message>
        <message>
            <source>{agreed} of {n} cells labelled by both carry the same class: {percent:.1f} %{share}. </source>
            <translation>两人均标注的 {n} 个细胞中，{agreed} 个类别一致：{percent:.1f}%{share}。</translation>
        </message>
    </context>
    <context>
        <name>AlertsPanel</name>
        <message>
            <source>&lt;b&gt;Alerts: {0}&lt;/b&gt;</source>
            <translation>&lt;b&gt;警示：{0} 项&lt;/b&gt;</translation>
        </message>
        <message>
            <source>&lt;b&gt;Alerts: {0}&lt;/b&gt; · {1} to acknowledge</source>
            <translation>&lt;b&gt;警示：{0} 项&lt;/b&gt; · {1} 项待确认</translation>
        </message>
        <message>
            <source>Acknowledge…</source>
            <translation>确认…</translation>
        </message>
        <message>
            <source>Alerts</source>
            <translation>警示</translation>
        </message>
        <message>
            <source>called: {0}</source>
            <translation>已电话通知：{0}</translation>
        </message>
        <message>
            <source>called: {0} at {1}, read back</source>
            <translation>已于 {1} 通知：{0}，对方已复述</translation>
        </message>
        <message>
            <source>looked, not confirmed: {0}</source>
            <translation>已查看，未证实：{0}</translation>
        </message>
        <message>
            <source>nobody was called</source>
            <translation>未电话通知任何人</translation>
        </message>
        <message>
            <source>✓ acknowledged</source>
            <translation>✓ 已确认</translation>
        </message>
    </context>
    <context>
        <name>AuditController</name>
        <message>
            <source>Cell {0}</source>
            <translation>细胞 {0}</translation>
        </message>
        <message>
            <source>Do not go on working on it; put back a copy from the backups folder. See Help, Audit trail.</source>
            <translation>请勿继续使用；请从备份文件夹中恢复副本。参见“帮助 › 审计追踪”。</translation>
        </message>
        <message>
            <source>Reading the history of the cell</source>
            <translation>正在读取该细胞的历史</translation>
        </message>
        <message>
            <source>Searching the review log</source>
            <translation>正在搜索审核日志</translation>
        </message>
        <message>
            <source>The audit trail is written.</source>
            <translation>审计追踪已写入。</translation>
        </message>
        <message>
            <source>The call record is written.</source>
            <translation>电话通知记录已写出。</translation>
        </message>
        <message>
            <source>Verifying the review log</source>
            <translation>正在校验审核日志</translation>
        </message>
        <message>
            <source>Writing the audit trail</source>
            <translation>正在写入审计追踪</translation>
        </message>
        <message>
            <source>Writing the call record</source>
            <translation>正在写出电话通知记录</translation>
        </message>
        <message>
            <source>⚠ The review log was changed</source>
            <translation>⚠ 审核日志已被改动</translation>
        </message>
    </context>
    <context>
        <name>AuditDialog</name>
        <message>
            <source>Acknowledged alerts: {0:,}</source>
            <translation>已确认的警示：{0:,}</translation>
        </message>
        <message>
            <source>All kinds</source>
            <translation>全部类型</translation>
        </message>
        <message>
            <source>All slides</source>
            <translation>全部玻片</translation>
        </message>
        <message>
            <source>At any time</source>
            <translation>任意时间</translation>
        </message>
        <message>
            <source>Audit trail</source>
            <translation>审计追踪</translation>
        </message>
        <message>
            <source>CSV (*.csv);;JSON with hashes (*.json)</source>
            <translation>CSV (*.csv);;含哈希值的 JSON (*.json)</translation>
        </message>
        <message>
            <source>Call record</source>
            <translation>电话通知记录</translation>
        </message>
        <message>
            <source>Calls</source>
            <translation>电话通知</translation>
        </message>
        <message>
            <source>Do not go on working on it; put back a copy from the backups folder.</source>
            <translation>请勿继续使用；请从备份文件夹中恢复副本。</translation>
        </message>
        <message>
            <source>Each event holds the hash of the one before, and its hash is sealed with a key of this workstation: verifying finds what was changed, removed or cut off outside of LeukView.</source>
            <translation>每个事件都含有前一事件的哈希值，其哈希值又以本工作站的密钥加封：凡在 LeukView 之外被更改、删除或截去的内容，检验时都会发现。</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>事件</translation>
        </message>
        <message>
            <source>Everybody</source>
            <translation>所有人</translation>
        </message>
        <message>
            <source>Export the audit trail</source>
            <translation>导出审计追踪</translation>
        </message>
        <message>
            <source>Export the call record</source>
            <translation>导出电话通知记录</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>导出…</translation>
        </message>
        <message>
            <source>Kind of event</source>
            <translation>事件类型</translation>
        </message>
        <message>
            <source>Not in a blind review: the file tells others' opinions.</source>
            <translation>盲法审核时不可导出：文件中含有他人的意见。</translation>
        </message>
        <message>
            <source>Only where somebody was called</source>
            <translation>仅显示已电话通知的</translation>
        </message>
        <message>
            <source>Reading and verifying the review log…</source>
            <translation>正在读取并校验审核日志…</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>搜索</translation>
        </message>
        <message>
            <source>Search: a word, a name, a number, a hash</source>
            <translation>搜索：词语、姓名、编号或哈希值</translation>
        </message>
        <message>
            <source>Select an event to see it in full.</source>
            <translation>选择一个事件以查看其完整内容。</translation>
        </message>
        <message>
            <source>Show the other events as well.</source>
            <translation>同时显示其他事件。</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>State of the hash chain</source>
            <translation>哈希链状态</translation>
        </message>
        <message>
            <source>Taken back since.</source>
            <translation>此后已撤销。</translation>
        </message>
        <message>
            <source>The selected event in full</source>
            <translation>所选事件的完整内容</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Verify again</source>
            <translation>重新校验</translation>
        </message>
        <message>
            <source>What others did on slides that you read second is not shown yet: {0}</source>
            <translation>您作为第二阅片者的玻片上，他人的操作暂不显示：{0}</translation>
        </message>
        <message>
            <source>What the seals cover</source>
            <translation>封印的范围</translation>
        </message>
        <message>
            <source>Whom reviewers called about an alert, and when.</source>
            <translation>审核者就警示电话通知了谁，以及何时。</translation>
        </message>
        <message>
            <source>Write the events shown, with their hashes, as CSV or JSON.</source>
            <translation>将所示事件连同哈希值写为 CSV 或 JSON。</translation>
        </message>
        <message>
            <source>{0:,} of {1:,} events</source>
            <translation>{1:,} 个事件中的 {0:,} 个</translation>
        </message>
        <message>
            <source>{0} only  ✕</source>
            <translation>仅{0}  ✕</translation>
        </message>
    </context>
    <context>
        <name>BackupController</name>
        <message>
            <source>See Slide, Backups. It is tried again in an hour.</source>
            <translation>请见“玻片 &gt; 备份”。一小时后将重试。</translation>
        </message>
        <message>
            <source>The backup failed.</source>
            <translation>备份失败。</translation>
        </message>
        <message>
            <source>The backup is written and verified: {0}</source>
            <translation>备份已写入并校验：{0}</translation>
        </message>
        <message>
            <source>Writing the backup</source>
            <translation>正在写入备份</translation>
        </message>
    </context>
    <context>
        <name>BackupDialog</name>
        <message>
            <source>Back up now</source>
            <translation>立即备份</translation>
        </message>
        <message>
            <source>Backups</source>
            <translation>备份</translation>
        </message>
        <message>
            <source>Cancel the backup</source>
            <translation>取消备份</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Folder of the backups</source>
            <translation>备份文件夹</translation>
        </message>
        <message>
            <source>Last backup: {0}</source>
            <translation>上次备份：{0}</translation>
        </message>
        <message>
            <source>No daily backup</source>
            <translation>不做每日备份</translation>
        </message>
        <message>
            <source>Once a day, while nothing else runs, the slides, reviews, names and settings are copied into one file in this folder. Choose a folder on another disk, and keep the files as safe as the workstation: they hold the names of the patients. A backup is put back with “leukview restore”.</source>
            <translation>每天在空闲时，玻片、审核、姓名和设置会复制到此文件夹中的一个文件。请选择另一磁盘上的文件夹，并像保护工作站一样保护这些文件：其中含有患者姓名。用“leukview restore”恢复备份。</translation>
        </message>
        <message>
            <source>The database is elsewhere; its administrator backs it up.</source>
            <translation>数据库在别处，由其管理员备份。</translation>
        </message>
        <message>
            <source>There is no backup yet.</source>
            <translation>尚无备份。</translation>
        </message>
    </context>
    <context>
        <name>CallsModel</name>
        <message>
            <source>Alert</source>
            <translation>警示</translation>
        </message>
        <message>
            <source>Called</source>
            <translation>已通知</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>nobody</source>
            <translation>无人</translation>
        </message>
    </context>
    <context>
        <name>CellComparisonDialog</name>
        <message>
            <source>Cells to compare with</source>
            <translation>可供对比的细胞</translation>
        </message>
        <message>
            <source>Class of the reference cells</source>
            <translation>参考细胞的类别</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>对比</translation>
        </message>
        <message>
            <source>No cell to compare with</source>
            <translation>没有可供对比的细胞</translation>
        </message>
        <message>
            <source>Other selected cells</source>
            <translation>其他所选细胞</translation>
        </message>
        <message>
            <source>Picture of the cell beside it</source>
            <translation>对照细胞的图像</translation>
        </message>
        <message>
            <source>Picture of the cell on the bench</source>
            <translation>当前细胞的图像</translation>
        </message>
        <message>
            <source>Reference atlas of this laboratory</source>
            <translation>本实验室的参考图谱</translation>
        </message>
        <message>
            <source>What the cell is compared with</source>
            <translation>对比对象</translation>
        </message>
        <message>
            <source>← → other cell   ↑ ↓ cell of the slide   + − 0 zoom   Esc close</source>
            <translation>← → 更换对照细胞   ↑ ↓ 更换玻片细胞   + − 0 缩放   Esc 关闭</translation>
        </message>
    </context>
    <context>
        <name>CellDetailsArea</name>
        <message>
            <source>Opinions about the cell</source>
            <translation>对该细胞的意见</translation>
        </message>
    </context>
    <context>
        <name>CellFactsForm</name>
        <message>
            <source>Analyser</source>
            <translation>分析仪</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>面积</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>N:C ratio</source>
            <translation>核质比</translation>
        </message>
        <message>
            <source>Outline</source>
            <translation>轮廓</translation>
        </message>
        <message>
            <source>Remarks</source>
            <translation>提示</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>What is known of the cell</source>
            <translation>该细胞的已知信息</translation>
        </message>
    </context>
    <context>
        <name>CellHistory</name>
        <message>
            <source>Every event that concerns this cell, with its hash.</source>
            <translation>与该细胞有关的全部事件及其哈希值。</translation>
        </message>
        <message>
            <source>History of the cell</source>
            <translation>细胞的历史</translation>
        </message>
        <message>
            <source>Show in the audit trail…</source>
            <translation>在审计追踪中显示…</translation>
        </message>
    </context>
    <context>
        <name>CellLoader</name>
        <message>
            <source>Fetching the cell</source>
            <translation>正在读取细胞</translation>
        </message>
        <message>
            <source>Making a map</source>
            <translation>正在生成类激活图</translation>
        </message>
    </context>
    <context>
        <name>CellPanel</name>
        <message>
            <source>About the picture</source>
            <translation>图像信息</translation>
        </message>
        <message>
            <source>Cell</source>
            <translation>细胞</translation>
        </message>
        <message>
            <source>Comment on this cell.</source>
            <translation>为该细胞添加备注。</translation>
        </message>
        <message>
            <source>Comment…</source>
            <translation>备注…</translation>
        </message>
        <message>
            <source>History</source>
            <translation>历史</translation>
        </message>
        <message>
            <source>Loading the picture…</source>
            <translation>正在加载图像…</translation>
        </message>
        <message>
            <source>Number and shown class of the cell</source>
            <translation>细胞的编号与所示类别</translation>
        </message>
        <message>
            <source>Opinions</source>
            <translation>意见</translation>
        </message>
        <message>
            <source>Picture of the cell; wheel, plus and minus zoom, 0 fits</source>
            <translation>细胞图像；滚轮或加减键缩放，0 键适合窗口</translation>
        </message>
        <message>
            <source>display adjusted</source>
            <translation>显示已调整</translation>
        </message>
        <message>
            <source>scale unknown</source>
            <translation>比例尺未知</translation>
        </message>
        <message>
            <source>{um:g} µm per px</source>
            <translation>每像素 {um:g} µm</translation>
        </message>
        <message>
            <source>{width} × {height} px</source>
            <translation>{width} × {height} 像素</translation>
        </message>
    </context>
    <context>
        <name>CommentDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Enter saves, Shift+Enter starts a new line. A comment must not name the patient.</source>
            <translation>按回车键保存，按 Shift+回车换行。备注中不得出现患者姓名。</translation>
        </message>
        <message>
            <source>Phrases; Enter or a click inserts one</source>
            <translation>短语；按回车键 或单击插入</translation>
        </message>
        <message>
            <source>Save comment</source>
            <translation>保存备注</translation>
        </message>
        <message>
            <source>Your words, or a phrase from the list</source>
            <translation>请输入文字，或从列表中选用短语</translation>
        </message>
    </context>
    <context>
        <name>ComparisonController</name>
        <message>
            <source>Analyser: {0}</source>
            <translation>分析仪：{0}</translation>
        </message>
        <message>
            <source>Cell {0}</source>
            <translation>细胞 {0}</translation>
        </message>
        <message>
            <source>Confirmed by {0} on {1}</source>
            <translation>由 {0} 于 {1} 确认</translation>
        </message>
        <message>
            <source>Confirmed cells most like this one, the nearest first: {0}</source>
            <translation>与此细胞最相似的已确认细胞，最相似者在前：{0}</translation>
        </message>
        <message>
            <source>Confirmed cells, those signed last first: {0}</source>
            <translation>已确认细胞，最近签名者在前：{0}</translation>
        </message>
        <message>
            <source>Fetching a cell</source>
            <translation>正在读取细胞</translation>
        </message>
        <message>
            <source>Model: {0}, {1} %</source>
            <translation>模型：{0}，{1}%</translation>
        </message>
        <message>
            <source>Reading the reference atlas</source>
            <translation>正在读取参考图谱</translation>
        </message>
        <message>
            <source>Reading the reference atlas…</source>
            <translation>正在读取参考图谱…</translation>
        </message>
        <message>
            <source>Selected beside this one: {0}</source>
            <translation>同时选中的细胞：{0}</translation>
        </message>
        <message>
            <source>Slide {0} · cell {1}</source>
            <translation>玻片 {0} · 细胞 {1}</translation>
        </message>
        <message>
            <source>The atlas has no “{0}” yet: none was confirmed on a signed slide.</source>
            <translation>图谱中尚无“{0}”：已签名的玻片上还没有确认过此类细胞。</translation>
        </message>
        <message>
            <source>The atlas is empty. It fills by itself: each cell that a reviewer labels on a signed slide.</source>
            <translation>图谱为空。它会自动充实：已签名玻片上由审核者标注的每个细胞都会收入。</translation>
        </message>
        <message>
            <source>{0}: {1}</source>
            <translation>{0}：{1}</translation>
        </message>
    </context>
    <context>
        <name>CorrectionsDialog</name>
        <message>
            <source>&amp;Export</source>
            <translation>导出(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;Into the folder</source>
            <translation>导出到文件夹(&amp;I)</translation>
        </message>
        <message>
            <source>&amp;Name of the site</source>
            <translation>机构名称(&amp;N)</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cancelled; nothing was written.</source>
            <translation>已取消；未写入任何文件。</translation>
        </message>
        <message>
            <source>Cells by class</source>
            <translation>各类别的细胞</translation>
        </message>
        <message>
            <source>Cells of the &amp;demo slides instead of real ones</source>
            <translation>导出演示玻片(&amp;D)的细胞，而非真实细胞</translation>
        </message>
        <message>
            <source>Choose the folder</source>
            <translation>选择文件夹</translation>
        </message>
        <message>
            <source>Choose the table of diagnoses</source>
            <translation>选择诊断表</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Dia&amp;gnoses of patients</source>
            <translation>患者诊断(&amp;G)</translation>
        </message>
        <message>
            <source>Export corrections</source>
            <translation>导出修正结果</translation>
        </message>
        <message>
            <source>Export into a folder</source>
            <translation>导出到文件夹</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Kept aside</source>
            <translation>留作比较</translation>
        </message>
        <message>
            <source>Left out: {0} {1}.</source>
            <translation>未纳入 {0} 个：{1}。</translation>
        </message>
        <message>
            <source>Name of the site</source>
            <translation>机构名称</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
        <message>
            <source>Readers overruled the model on {0} of {1}.</source>
            <translation>模型判断过的 {1} 个细胞中，有 {0} 个被审核者改判。</translation>
        </message>
        <message>
            <source>Reviewed cells, as material for the next model</source>
            <translation>已审核的细胞，作为下一个模型的训练材料</translation>
        </message>
        <message>
            <source>Table of diagnoses</source>
            <translation>诊断表</translation>
        </message>
        <message>
            <source>Tables (*.csv)</source>
            <translation>表格 (*.csv)</translation>
        </message>
        <message>
            <source>The cells that people reviewed on signed slides go into one archive, under pseudonyms. What two readers dispute stays out, and one patient in five is kept aside to compare models on.</source>
            <translation>已签名玻片上经人工审核的细胞以假名汇入一个压缩包。两位阅片者有分歧的细胞不纳入；每五位患者中留出一位，用于比较模型。</translation>
        </message>
        <message>
            <source>To choose by</source>
            <translation>用于选择模型</translation>
        </message>
        <message>
            <source>To train on</source>
            <translation>用于训练</translation>
        </message>
        <message>
            <source>Written: {0}</source>
            <translation>已写入：{0}</translation>
        </message>
        <message>
            <source>letters, digits and hyphens</source>
            <translation>字母、数字和连字符</translation>
        </message>
        <message>
            <source>none, or a CSV file: patient, diagnosis</source>
            <translation>无，或 CSV 文件：patient, diagnosis</translation>
        </message>
        <message>
            <source>{0} cells. Patients: {1} to train on, {2} to choose by, {3} kept aside.</source>
            <translation>{0} 个细胞。患者：{1} 位用于训练，{2} 位用于选择模型，{3} 位留作比较。</translation>
        </message>
    </context>
    <context>
        <name>CorrectionsExportController</name>
        <message>
            <source>Exporting corrections</source>
            <translation>正在导出修正结果</translation>
        </message>
    </context>
    <context>
        <name>DatabaseWatcher</name>
        <message>
            <source>Looking for what other programs wrote</source>
            <translation>正在查看其他程序写入的内容</translation>
        </message>
    </context>
    <context>
        <name>DialogController</name>
        <message>
            <source>Checking the PIN</source>
            <translation>正在核对 PIN 码</translation>
        </message>
        <message>
            <source>Checking the images</source>
            <translation>正在检查图像</translation>
        </message>
        <message>
            <source>Comment on cell {0}</source>
            <translation>为细胞 {0} 添加备注</translation>
        </message>
        <message>
            <source>Comment on the slide</source>
            <translation>为玻片添加备注</translation>
        </message>
        <message>
            <source>Comment on {0} cells</source>
            <translation>为 {0} 个细胞添加备注</translation>
        </message>
        <message>
            <source>Open archive</source>
            <translation>打开压缩包</translation>
        </message>
        <message>
            <source>Open folder</source>
            <translation>打开文件夹</translation>
        </message>
        <message>
            <source>Reading the model</source>
            <translation>正在读取模型</translation>
        </message>
        <message>
            <source>ZIP archives (*.zip)</source>
            <translation>ZIP 压缩包 (*.zip)</translation>
        </message>
    </context>
    <context>
        <name>DragDropView</name>
        <message>
            <source>{0} cells</source>
            <translation>{0} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>EmptyState</name>
        <message>
            <source>Its picture and all opinions appear here.</source>
            <translation>此处显示其图像和各方意见。</translation>
        </message>
        <message>
            <source>Select a cell</source>
            <translation>请选择一个细胞</translation>
        </message>
    </context>
    <context>
        <name>ExportController</name>
        <message>
            <source>The export is written without {0} cells: their images are not here or cannot be read.</source>
            <translation>导出已写入，但缺少 {0} 个细胞：其图像不在此处或无法读取。</translation>
        </message>
        <message>
            <source>The export is written.</source>
            <translation>导出已写入。</translation>
        </message>
        <message>
            <source>The export is written; {0} cells have no mask. F5 makes them again.</source>
            <translation>导出已写入；{0} 个细胞没有掩膜。按 F5 可重新生成。</translation>
        </message>
    </context>
    <context>
        <name>ExportDialog</name>
        <message>
            <source>&amp;Cells: images under new names, with labels and review, to open elsewhere</source>
            <translation>细胞(&amp;C)：以新名称保存的图像，附标签与审核记录，可在别处打开</translation>
        </message>
        <message>
            <source>&amp;Export</source>
            <translation>导出(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;FHIR R4: a diagnostic report with its observations</source>
            <translation>&amp;FHIR R4：诊断报告及其观察值</translation>
        </message>
        <message>
            <source>&amp;HL7 v2.5.1: a message ORU^R01 for the laboratory's system</source>
            <translation>&amp;HL7 v2.5.1：供实验室系统使用的 ORU^R01 消息</translation>
        </message>
        <message>
            <source>&amp;Into the folder</source>
            <translation>导出到文件夹(&amp;I)</translation>
        </message>
        <message>
            <source>&amp;JSON: the slide and every cell with its three opinions</source>
            <translation>&amp;JSON：玻片及每个细胞的三种意见</translation>
        </message>
        <message>
            <source>C&amp;OCO and CVAT: images with the masks of cell and nucleus</source>
            <translation>C&amp;OCO 与 CVAT：附细胞和细胞核掩膜的图像</translation>
        </message>
        <message>
            <source>CS&amp;V: tables of cells and of the differential</source>
            <translation>CS&amp;V：细胞表与分类计数表</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Export data</source>
            <translation>导出数据</translation>
        </message>
        <message>
            <source>Export into a folder</source>
            <translation>导出到文件夹</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Slide {0}</source>
            <translation>玻片 {0}</translation>
        </message>
        <message>
            <source>The slide is not signed: the export says that its results are preliminary.</source>
            <translation>玻片尚未签名：导出内容将注明结果为初步结果。</translation>
        </message>
        <message>
            <source>The slide is signed: its results go out as final.</source>
            <translation>玻片已签名：结果将作为最终结果导出。</translation>
        </message>
        <message>
            <source>The slide was amended and signed: its results go out as corrected.</source>
            <translation>玻片经修订并签名：结果将作为更正结果导出。</translation>
        </message>
        <message>
            <source>This export can tell who the patient is. Give it to nobody who may not know.</source>
            <translation>此导出可能透露患者身份。请勿交给无权知晓的人。</translation>
        </message>
        <message>
            <source>With &amp;names: patient, order and files, as the source folder calls them</source>
            <translation>包含名称(&amp;N)：患者、检验单号和文件，与源文件夹中的名称一致</translation>
        </message>
        <message>
            <source>With co&amp;mments, and who was called: free text may name somebody</source>
            <translation>包含备注(&amp;M)及所通知的人：自由文本可能提到姓名</translation>
        </message>
    </context>
    <context>
        <name>FeatureSorting</name>
        <message>
            <source>Comparing cells</source>
            <translation>正在比较细胞</translation>
        </message>
        <message>
            <source>Estimating what each label would teach</source>
            <translation>正在估算每个标注的学习价值</translation>
        </message>
        <message>
            <source>It is kept where the slide is analysed. Choose another order meanwhile.</source>
            <translation>特征保存在分析该玻片的工作站上。请暂时选用其他排序方式。</translation>
        </message>
        <message>
            <source>Reading features</source>
            <translation>正在读取特征</translation>
        </message>
        <message>
            <source>These cells cannot be compared: what the model saw of them is not kept here.</source>
            <translation>无法比较这些细胞：本机未保存模型提取的特征。</translation>
        </message>
        <message>
            <source>comparing {0} of {1}</source>
            <translation>正在比较 {0} / {1}</translation>
        </message>
        <message>
            <source>like cell {0}</source>
            <translation>与细胞 {0} 相似</translation>
        </message>
    </context>
    <context>
        <name>FindingStrip</name>
        <message>
            <source>Findings of the film</source>
            <translation>涂片所见</translation>
        </message>
        <message>
            <source>Lower limit</source>
            <translation>下限</translation>
        </message>
        <message>
            <source>Upper limit</source>
            <translation>上限</translation>
        </message>
        <message>
            <source>limits {0} and {1}</source>
            <translation>界限 {0} 和 {1}</translation>
        </message>
        <message>
            <source>{0} cells</source>
            <translation>{0} 个细胞</translation>
        </message>
        <message>
            <source>{0}, by what a reviewer named</source>
            <translation>{0}，依据审核者的判定</translation>
        </message>
        <message>
            <source>{0}: found {1} of the patients with it; lower in {2} of the others.</source>
            <translation>{0}：检出患者的 {1}；其他患者中 {2} 的评分更低。</translation>
        </message>
    </context>
    <context>
        <name>FolderQuestionsPanel</name>
        <message>
            <source>A patient of its own</source>
            <translation>单独的患者</translation>
        </message>
        <message>
            <source>A slide with such a folder waits for the answer: two patients never become one by a guess. Answers about unknown names are kept for this site; names of patients are not kept.</source>
            <translation>含有此类文件夹的玻片须等待答案：绝不因猜测而将两名患者合并。对未知名称的答案会为本机构保存；患者姓名不予保存。</translation>
        </message>
        <message>
            <source>Answer</source>
            <translation>答案</translation>
        </message>
        <message>
            <source>Answer for the selected folders</source>
            <translation>所选文件夹的答案</translation>
        </message>
        <message>
            <source>Are these folders classes of cells or patients?</source>
            <translation>这些文件夹是细胞类别还是患者？</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Folders to decide on</source>
            <translation>待确定的文件夹</translation>
        </message>
        <message>
            <source>Images</source>
            <translation>图像</translation>
        </message>
        <message>
            <source>Leave out</source>
            <translation>不读取</translation>
        </message>
        <message>
            <source>Named like</source>
            <translation>名称同</translation>
        </message>
        <message>
            <source>Not answered</source>
            <translation>未回答</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>位置</translation>
        </message>
        <message>
            <source>Read again with these answers</source>
            <translation>按这些答案重新读取</translation>
        </message>
        <message>
            <source>The selected folders are:</source>
            <translation>所选文件夹是：</translation>
        </message>
        <message>
            <source>{0} folders</source>
            <translation>{0} 个文件夹</translation>
        </message>
    </context>
    <context>
        <name>GalleryDelegate</name>
        <message>
            <source>image cannot be read</source>
            <translation>图像无法读取</translation>
        </message>
    </context>
    <context>
        <name>GalleryModel</name>
        <message>
            <source>Cell {0}</source>
            <translation>细胞 {0}</translation>
        </message>
        <message>
            <source>Not analysed yet</source>
            <translation>尚未分析</translation>
        </message>
        <message>
            <source>Not reviewed yet</source>
            <translation>尚未审核</translation>
        </message>
        <message>
            <source>analyser: {0}</source>
            <translation>分析仪：{0}</translation>
        </message>
        <message>
            <source>comment: {0}</source>
            <translation>备注：{0}</translation>
        </message>
        <message>
            <source>model, inside the repaired outline: {0}, {1} %</source>
            <translation>模型（按修正后的轮廓）：{0}，{1}%</translation>
        </message>
        <message>
            <source>model: {0}, most probable {1}, {2} %</source>
            <translation>模型：{0}，最可能为{1}，{2}%</translation>
        </message>
        <message>
            <source>model: {0}, {1} %</source>
            <translation>模型：{0}，{1}%</translation>
        </message>
        <message>
            <source>reviewed: {0}</source>
            <translation>审核：{0}</translation>
        </message>
    </context>
    <context>
        <name>GalleryPanel</name>
        <message>
            <source>All cells</source>
            <translation>全部细胞</translation>
        </message>
        <message>
            <source>By number</source>
            <translation>按编号</translation>
        </message>
        <message>
            <source>Cells of the slide</source>
            <translation>玻片的细胞</translation>
        </message>
        <message>
            <source>Drawn by the demo renderer; not a patient's cells.</source>
            <translation>由演示程序绘制，并非患者细胞。</translation>
        </message>
        <message>
            <source>Far from the other cells of its class, as the model sees them.</source>
            <translation>在模型看来与同类其他细胞差别较大。</translation>
        </message>
        <message>
            <source>Flagged</source>
            <translation>有提示</translation>
        </message>
        <message>
            <source>Highest N:C ratio first</source>
            <translation>核质比最高者在前</translation>
        </message>
        <message>
            <source>Least certain first</source>
            <translation>最不确定者在前</translation>
        </message>
        <message>
            <source>Least typical first</source>
            <translation>最不典型者在前</translation>
        </message>
        <message>
            <source>Listed cells ({0})</source>
            <translation>列出的细胞（{0}）</translation>
        </message>
        <message>
            <source>Most instructive first</source>
            <translation>最有训练价值的在前</translation>
        </message>
        <message>
            <source>Most like this cell first</source>
            <translation>与此细胞最相似者在前</translation>
        </message>
        <message>
            <source>Most malignant first</source>
            <translation>恶性概率最高者在前</translation>
        </message>
        <message>
            <source>Most typical first</source>
            <translation>最典型者在前</translation>
        </message>
        <message>
            <source>Near the current cell, as the model sees them. Choose it again for another cell.</source>
            <translation>在模型看来与当前细胞相近。如需以其他细胞为准，请再次选择此项。</translation>
        </message>
        <message>
            <source>Near the other cells of its class, as the model sees them.</source>
            <translation>在模型看来与同类其他细胞相近。</translation>
        </message>
        <message>
            <source>Not opened</source>
            <translation>未查看大图</translation>
        </message>
        <message>
            <source>Not reviewed</source>
            <translation>未审核</translation>
        </message>
        <message>
            <source>Open a folder, or drop one here.</source>
            <translation>打开文件夹，或将其拖到此处。</translation>
        </message>
        <message>
            <source>Opinions differ</source>
            <translation>意见不一致</translation>
        </message>
        <message>
            <source>Order of the cells</source>
            <translation>细胞排序</translation>
        </message>
        <message>
            <source>SYNTHETIC</source>
            <translation>合成</translation>
        </message>
        <message>
            <source>Size of the thumbnails</source>
            <translation>缩略图大小</translation>
        </message>
        <message>
            <source>What teaches the next model most: uncertain, disputed, and of a class with few labelled cells.</source>
            <translation>对下一个模型最有帮助的细胞：不确定、有分歧、且所属类别标注细胞较少。</translation>
        </message>
        <message>
            <source>Which cells are shown</source>
            <translation>显示哪些细胞</translation>
        </message>
        <message>
            <source>With a comment</source>
            <translation>有备注</translation>
        </message>
        <message>
            <source>amended and signed, read-only</source>
            <translation>已修订并签名，只读</translation>
        </message>
        <message>
            <source>imported</source>
            <translation>已导入</translation>
        </message>
        <message>
            <source>in review</source>
            <translation>审核中</translation>
        </message>
        <message>
            <source>second reading, blinded</source>
            <translation>第二阅片（盲法）</translation>
        </message>
        <message>
            <source>signed, read-only</source>
            <translation>已签名，只读</translation>
        </message>
        <message>
            <source>{0} cells came after the signature and are not shown</source>
            <translation>签名后又导入 {0} 个细胞，未显示</translation>
        </message>
        <message>
            <source>{0} not analysed yet</source>
            <translation>{0} 个尚未分析</translation>
        </message>
        <message>
            <source>{0} signed cells are not here: the signature does not hold</source>
            <translation>{0} 个已签名的细胞不在此处：签名无效</translation>
        </message>
        <message>
            <source>{0} · patient {1} · {2} cells · {3}</source>
            <translation>{0} · 患者 {1} · {2} 个细胞 · {3}</translation>
        </message>
        <message>
            <source>{0} · {1} cells · {2}</source>
            <translation>{0} · {1} 个细胞 · {2}</translation>
        </message>
    </context>
    <context>
        <name>GalleryView</name>
        <message>
            <source>drop to label</source>
            <translation>松开以标注</translation>
        </message>
        <message>
            <source>{0} reviewed</source>
            <translation>已审核 {0}</translation>
        </message>
    </context>
    <context>
        <name>GradeRow</name>
        <message>
            <source>not assessed</source>
            <translation>未评估</translation>
        </message>
    </context>
    <context>
        <name>GradingController</name>
        <message>
            <source>Fetching the overview</source>
            <translation>正在读取概览图</translation>
        </message>
        <message>
            <source>Looking for overviews</source>
            <translation>正在查找概览图</translation>
        </message>
    </context>
    <context>
        <name>GradingDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Features without a grade are taken as looked for and not seen, platelets as adequate.</source>
            <translation>未分级的项目记为已观察、未见异常，血小板记为数量正常。</translation>
        </message>
        <message>
            <source>Grades: {0}.</source>
            <translation>分级依据：{0}。</translation>
        </message>
        <message>
            <source>Red cells and platelets</source>
            <translation>红细胞与血小板</translation>
        </message>
        <message>
            <source>Save grades</source>
            <translation>保存分级</translation>
        </message>
        <message>
            <source>The model does not assess red cells and platelets; what you do not grade is printed as not assessed. A digit grades a feature and goes to the next; “–” takes a grade away.</source>
            <translation>模型不评估红细胞和血小板；未分级的项目在报告中印为“未评估”。按数字键为当前项目分级并转到下一项；“–”取消分级。</translation>
        </message>
        <message>
            <source>The rest is normal</source>
            <translation>其余正常</translation>
        </message>
        <message>
            <source>{0} overviews of this slide are not at hand; open its folder again to see them here.</source>
            <translation>该玻片有 {0} 张概览图不在本机；重新打开其文件夹即可在此查看。</translation>
        </message>
    </context>
    <context>
        <name>GradingSummary</name>
        <message>
            <source> · {0} normal</source>
            <translation> · {0} 项正常</translation>
        </message>
        <message>
            <source> · {0} not assessed</source>
            <translation> · {0} 项未评估</translation>
        </message>
        <message>
            <source>&lt;b&gt;Red cells and platelets&lt;/b&gt;</source>
            <translation>&lt;b&gt;红细胞与血小板&lt;/b&gt;</translation>
        </message>
        <message>
            <source>Grade red cells and platelets; the model claims nothing here.</source>
            <translation>为红细胞和血小板分级；模型对此不作判断。</translation>
        </message>
        <message>
            <source>Grade…</source>
            <translation>分级…</translation>
        </message>
        <message>
            <source>Normal or not seen: {0}</source>
            <translation>正常或未见：{0}</translation>
        </message>
        <message>
            <source>Red cells and platelets</source>
            <translation>红细胞与血小板</translation>
        </message>
        <message>
            <source>Red cells and platelets: not assessed</source>
            <translation>红细胞与血小板：未评估</translation>
        </message>
        <message>
            <source>nothing abnormal</source>
            <translation>未见异常</translation>
        </message>
    </context>
    <context>
        <name>ImageCheckController</name>
        <message>
            <source>Checking the images</source>
            <translation>正在检查图像</translation>
        </message>
        <message>
            <source>Images of {0} that cannot be shown: {1} missing, {2} changed since the import.</source>
            <translation>{0} 中无法显示的图像：{1} 个缺失，{2} 个在导入后已更改。</translation>
        </message>
        <message>
            <source>The slide cannot be signed like this. Put the files back, or open its folder again.</source>
            <translation>此玻片在这种情况下无法签名。请放回文件，或重新打开其文件夹。</translation>
        </message>
    </context>
    <context>
        <name>ImageToolbar</name>
        <message>
            <source>Adjust</source>
            <translation>调整</translation>
        </message>
        <message>
            <source>Brightness</source>
            <translation>亮度</translation>
        </message>
        <message>
            <source>Brightness, contrast and gamma</source>
            <translation>亮度、对比度与伽马</translation>
        </message>
        <message>
            <source>Class-activation map: what the model weighed</source>
            <translation>类激活图：模型所关注的区域</translation>
        </message>
        <message>
            <source>Contrast</source>
            <translation>对比度</translation>
        </message>
        <message>
            <source>Fit the picture into the view</source>
            <translation>使图像适合窗口</translation>
        </message>
        <message>
            <source>Gamma</source>
            <translation>伽马</translation>
        </message>
        <message>
            <source>Grad-CAM, from the model itself</source>
            <translation>Grad-CAM（模型自带）</translation>
        </message>
        <message>
            <source>Map</source>
            <translation>激活图</translation>
        </message>
        <message>
            <source>On the screen only.</source>
            <translation>仅影响屏幕显示。</translation>
        </message>
        <message>
            <source>Opacity of the map</source>
            <translation>激活图的不透明度</translation>
        </message>
        <message>
            <source>Outline</source>
            <translation>轮廓</translation>
        </message>
        <message>
            <source>Outline of cell and nucleus</source>
            <translation>细胞与细胞核的轮廓</translation>
        </message>
        <message>
            <source>Repair</source>
            <translation>修正</translation>
        </message>
        <message>
            <source>Repair the outline with brush or clicks</source>
            <translation>用画笔或点击修正轮廓</translation>
        </message>
        <message>
            <source>Reset</source>
            <translation>复位</translation>
        </message>
        <message>
            <source>Show the picture as it was stored.</source>
            <translation>按存储时的原样显示图像。</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>放大</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>缩小</translation>
        </message>
        <message>
            <source>{percent:.0f} %</source>
            <translation>{percent:.0f}%</translation>
        </message>
    </context>
    <context>
        <name>ImportDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cells</source>
            <translation>细胞数</translation>
        </message>
        <message>
            <source>Cells of the selected slide by the analyser's class</source>
            <translation>所选玻片的细胞（按分析仪的分类）</translation>
        </message>
        <message>
            <source>Chosen</source>
            <translation>选用</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Import and analyse</source>
            <translation>导入并分析</translation>
        </message>
        <message>
            <source>Import slides</source>
            <translation>导入玻片</translation>
        </message>
        <message>
            <source>It is slide {0}, already imported: keep that slide with its review</source>
            <translation>这是已导入的玻片 {0}：保留该玻片及其审核记录</translation>
        </message>
        <message>
            <source>Names of patients and orders are shown here because this is your own folder. On import they are replaced by pseudonyms. The folder itself is only read.</source>
            <translation>此处显示患者姓名和检验单号，因为这是您自己的文件夹。导入时它们会替换为假名。文件夹本身只读取、不改动。</translation>
        </message>
        <message>
            <source>No problems were found</source>
            <translation>未发现问题</translation>
        </message>
        <message>
            <source>No slides were found in “{name}”.</source>
            <translation>在“{name}”中未找到玻片。</translation>
        </message>
        <message>
            <source>One problem; the rest is usable</source>
            <translation>1 个问题；其余可用</translation>
        </message>
        <message>
            <source>One slide was found in “{name}”.</source>
            <translation>在“{name}”中找到 1 张玻片。</translation>
        </message>
        <message>
            <source>Problem</source>
            <translation>问题</translation>
        </message>
        <message>
            <source>Problems found</source>
            <translation>发现的问题</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>Slides found; Space ticks a slide</source>
            <translation>找到的玻片；按空格键勾选</translation>
        </message>
        <message>
            <source>Taken for classes: {0}</source>
            <translation>视为类别：{0}</translation>
        </message>
        <message>
            <source>The archive does not say how its names are written. Read them as</source>
            <translation>压缩包未注明名称的编码。读取方式：</translation>
        </message>
        <message>
            <source>Tick all</source>
            <translation>全选</translation>
        </message>
        <message>
            <source>Tick none</source>
            <translation>全不选</translation>
        </message>
        <message>
            <source>What it means</source>
            <translation>含义</translation>
        </message>
        <message>
            <source>{count:,} problems; the rest is usable</source>
            <translation>{count:,} 个问题；其余可用</translation>
        </message>
        <message>
            <source>{count} slides were found in “{name}”.</source>
            <translation>在“{name}”中找到 {count} 张玻片。</translation>
        </message>
        <message>
            <source>{ticked} of {all} ticked, {cells:,} cells</source>
            <translation>已勾选 {ticked} / {all}，共 {cells:,} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>JobNotifications</name>
        <message>
            <source>Amend it, then analyse it, to have the opinion of the model in use.</source>
            <translation>如需当前模型的意见，请先修订该玻片，再进行分析。</translation>
        </message>
        <message>
            <source>F5 goes on with it.</source>
            <translation>按 F5 继续。</translation>
        </message>
        <message>
            <source>The analysis was stopped; what is done is kept.</source>
            <translation>分析已停止；已完成的部分保留。</translation>
        </message>
        <message>
            <source>The report is written.</source>
            <translation>报告已写入。</translation>
        </message>
        <message>
            <source>They stay in the gallery. The slide cannot be signed before their images are there again.</source>
            <translation>它们仍保留在图库中。图像恢复之前，玻片无法签名。</translation>
        </message>
        <message>
            <source>{0} cells of {1} could not be analysed: their images cannot be read.</source>
            <translation>玻片 {1} 有 {0} 个细胞无法分析：其图像无法读取。</translation>
        </message>
        <message>
            <source>{0} is signed: it keeps the opinion of the model it was signed with.</source>
            <translation>{0} 已签署：保留签署时模型的意见。</translation>
        </message>
    </context>
    <context>
        <name>LabelActions</name>
        <message>
            <source>Cells without a class of the analyser, which stay as they are: {0}.</source>
            <translation>没有分析仪类别、保持不变的细胞：{0} 个。</translation>
        </message>
        <message>
            <source>Choose “All cells” above the gallery.</source>
            <translation>请在图库上方选择“全部细胞”。</translation>
        </message>
        <message>
            <source>Every cell shown is reviewed.</source>
            <translation>所示细胞均已审核。</translation>
        </message>
        <message>
            <source>Label as</source>
            <translation>标注为</translation>
        </message>
        <message>
            <source>Likeliest</source>
            <translation>最可能</translation>
        </message>
        <message>
            <source>Look at the cells and press the key again.</source>
            <translation>请查看这些细胞后再次按键。</translation>
        </message>
        <message>
            <source>The filter hides these cells.</source>
            <translation>这些细胞被筛选条件隐藏。</translation>
        </message>
        <message>
            <source>The model's class changed while the key was pressed, so nothing was accepted.</source>
            <translation>按键时模型的分类发生了变化，因此未接受任何分类。</translation>
        </message>
    </context>
    <context>
        <name>LeveyJenningsChart</name>
        <message>
            <source>Levey–Jennings picture</source>
            <translation>Levey–Jennings 质控图</translation>
        </message>
        <message>
            <source>No run yet.</source>
            <translation>尚无测量。</translation>
        </message>
        <message>
            <source>mean</source>
            <translation>均值</translation>
        </message>
        <message>
            <source>{0} runs, {1} outside the rules</source>
            <translation>{0} 次测量，{1} 次违反规则</translation>
        </message>
    </context>
    <context>
        <name>LicencesDialog</name>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Licences</source>
            <translation>许可证</translation>
        </message>
        <message>
            <source>Licences of LeukView and of the libraries it uses</source>
            <translation>LeukView 及其所用程序库的许可证</translation>
        </message>
    </context>
    <context>
        <name>LockScreen</name>
        <message>
            <source>Begin</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>Nothing is lost: everything is saved, and an analysis goes on. The reviewer unlocks with the PIN.</source>
            <translation>不会丢失任何内容：一切均已保存，分析继续进行。审核者输入 PIN 码即可解锁。</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>The window is locked</source>
            <translation>窗口已锁定</translation>
        </message>
        <message>
            <source>Unlock</source>
            <translation>解锁</translation>
        </message>
        <message>
            <source>What is done from now on is recorded under this name.</source>
            <translation>此后的操作均以该姓名记录。</translation>
        </message>
        <message>
            <source>Who reviews?</source>
            <translation>由谁审核？</translation>
        </message>
        <message>
            <source>Why it stays locked</source>
            <translation>仍未解锁的原因</translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message>
            <source>Another slide is open now, so nothing was written.</source>
            <translation>当前打开的是另一张玻片，因此未写入任何内容。</translation>
        </message>
        <message>
            <source>If it does not, close the window once more to leave without this action.</source>
            <translation>如果没有关闭，请再次关闭窗口，放弃该操作。</translation>
        </message>
        <message>
            <source>LeukView · research use only</source>
            <translation>LeukView · 仅供科研使用</translation>
        </message>
        <message>
            <source>Open the slide that was meant and repeat the step.</source>
            <translation>请打开相应的玻片后重做此步骤。</translation>
        </message>
        <message>
            <source>The last action is still being written; the window closes when it is stored.</source>
            <translation>上一操作仍在写入；存储后窗口将关闭。</translation>
        </message>
        <message>
            <source>{0} cells selected</source>
            <translation>已选 {0} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>MaskEditController</name>
        <message>
            <source>Accept it (Space) or leave it (Esc), then close the window.</source>
            <translation>请先采用（空格）或放弃（Esc），再关闭窗口。</translation>
        </message>
        <message>
            <source>Choose what lies there, then click where the outline is wrong; right button: what lies outside.</source>
            <translation>先选区域，再点击轮廓有误之处；右键：其外侧的区域。</translation>
        </message>
        <message>
            <source>Clicks are not possible: {why}</source>
            <translation>无法使用点击：{why}</translation>
        </message>
        <message>
            <source>Fetching the outline</source>
            <translation>正在读取轮廓</translation>
        </message>
        <message>
            <source>Following a click</source>
            <translation>正在按点击修正</translation>
        </message>
        <message>
            <source>Getting ready for clicks</source>
            <translation>正在准备点击修正</translation>
        </message>
        <message>
            <source>Getting ready for clicks…</source>
            <translation>正在准备点击修正…</translation>
        </message>
        <message>
            <source>Segment Anything follows the clicks ({id}).</source>
            <translation>由 Segment Anything 响应点击（{id}）。</translation>
        </message>
        <message>
            <source>The outline that you repair is not kept yet.</source>
            <translation>正在修正的轮廓尚未保存。</translation>
        </message>
        <message>
            <source>The picture is not there yet: its outline cannot be repaired.</source>
            <translation>图像尚未就绪，无法修正轮廓。</translation>
        </message>
        <message>
            <source>The repair of an outline was broken off: another slide or reviewer came to the bench.</source>
            <translation>轮廓修正已中断：换了玻片或审核者。</translation>
        </message>
        <message>
            <source>The segmenter follows the clicks ({id}).</source>
            <translation>由分割器响应点击（{id}）。</translation>
        </message>
    </context>
    <context>
        <name>MaskReclassifier</name>
        <message>
            <source>Classifying inside the repaired outline</source>
            <translation>正在按修正后的轮廓分类</translation>
        </message>
    </context>
    <context>
        <name>MaskToolbar</name>
        <message>
            <source>Background</source>
            <translation>背景</translation>
        </message>
        <message>
            <source>Begin again with the segmenter's outline</source>
            <translation>从分割器的轮廓重新开始</translation>
        </message>
        <message>
            <source>Brush</source>
            <translation>画笔</translation>
        </message>
        <message>
            <source>Click on what the outline gets wrong</source>
            <translation>点击轮廓有误之处</translation>
        </message>
        <message>
            <source>Clicks</source>
            <translation>点击</translation>
        </message>
        <message>
            <source>Cytoplasm</source>
            <translation>细胞质</translation>
        </message>
        <message>
            <source>Do again what was taken back</source>
            <translation>重做已撤销的操作</translation>
        </message>
        <message>
            <source>Keep it and classify the cell inside it</source>
            <translation>保存轮廓，并按它重新分类</translation>
        </message>
        <message>
            <source>Leave</source>
            <translation>放弃</translation>
        </message>
        <message>
            <source>Leave everything as it was</source>
            <translation>一切保持原样</translation>
        </message>
        <message>
            <source>Left button: the region chosen; right button: what lies outside it. The wheel zooms.</source>
            <translation>左键：所选区域；右键：其外侧的区域。滚轮缩放。</translation>
        </message>
        <message>
            <source>Measured on the outline</source>
            <translation>按轮廓测得</translation>
        </message>
        <message>
            <source>N:C ratio {ratio:.2f} · cell {cell:,} px · nucleus {nucleus:,} px</source>
            <translation>核质比 {ratio:.2f} · 细胞 {cell:,} 像素 · 细胞核 {nucleus:,} 像素</translation>
        </message>
        <message>
            <source>No cell is outlined</source>
            <translation>没有勾画细胞</translation>
        </message>
        <message>
            <source>Nucleus</source>
            <translation>细胞核</translation>
        </message>
        <message>
            <source>Paint with the mouse</source>
            <translation>用鼠标涂画</translation>
        </message>
        <message>
            <source>Radius of the brush</source>
            <translation>画笔半径</translation>
        </message>
        <message>
            <source>Radius of the brush in pixels</source>
            <translation>画笔半径（像素）</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <source>Repair of the outline</source>
            <translation>轮廓修正</translation>
        </message>
        <message>
            <source>Segmenter's outline</source>
            <translation>分割器的轮廓</translation>
        </message>
        <message>
            <source>Take back the last stroke or click</source>
            <translation>撤销上一笔或上一次点击</translation>
        </message>
        <message>
            <source>The left button gives background</source>
            <translation>左键标为背景</translation>
        </message>
        <message>
            <source>The left button gives cytoplasm</source>
            <translation>左键标为细胞质</translation>
        </message>
        <message>
            <source>The left button gives nucleus</source>
            <translation>左键标为细胞核</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
        <message>
            <source>Use this outline</source>
            <translation>采用此轮廓</translation>
        </message>
        <message>
            <source>What the tool does</source>
            <translation>工具说明</translation>
        </message>
        <message>
            <source>{radius} px</source>
            <translation>{radius} 像素</translation>
        </message>
    </context>
    <context>
        <name>MeaningCombo</name>
        <message>
            <source>Meaning of the signature</source>
            <translation>签名的含义</translation>
        </message>
    </context>
    <context>
        <name>ModelComparisonDialog</name>
        <message>
            <source>Add cells…</source>
            <translation>添加细胞…</translation>
        </message>
        <message>
            <source>Both models are asked about the same cells, all of patients kept aside. In use: {0}.</source>
            <translation>两个模型判读相同的细胞，均来自预留的患者。当前使用：{0}。</translation>
        </message>
        <message>
            <source>Candidate</source>
            <translation>候选模型</translation>
        </message>
        <message>
            <source>Cells to compare on</source>
            <translation>用于比较的细胞</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>比较</translation>
        </message>
        <message>
            <source>Compare a candidate with the model in use</source>
            <translation>将候选模型与当前模型比较</translation>
        </message>
        <message>
            <source>Comparing. It takes about a minute for a thousand cells, and can be cancelled.</source>
            <translation>正在比较。每一千个细胞约需一分钟，可以取消。</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>比较报告</translation>
        </message>
        <message>
            <source>Comparison (*.json)</source>
            <translation>比较报告 (*.json)</translation>
        </message>
        <message>
            <source>Folder of a bundle, as training.bundle.build writes it</source>
            <translation>模型包文件夹，由 training.bundle.build 写出</translation>
        </message>
        <message>
            <source>Folder of the candidate</source>
            <translation>候选模型的文件夹</translation>
        </message>
        <message>
            <source>Folder that holds “cells”</source>
            <translation>包含“cells”的文件夹</translation>
        </message>
        <message>
            <source>No guarded figure is worse: a person may sign this comparison and install the candidate.</source>
            <translation>没有受保护的指标变差：可由一人签署此比较报告并安装候选模型。</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>结论</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>移除</translation>
        </message>
        <message>
            <source>Save the comparison</source>
            <translation>保存比较报告</translation>
        </message>
        <message>
            <source>Save…</source>
            <translation>保存…</translation>
        </message>
        <message>
            <source>Sign and install…</source>
            <translation>签署并安装…</translation>
        </message>
        <message>
            <source>The candidate may not be installed.</source>
            <translation>候选模型不得安装。</translation>
        </message>
        <message>
            <source>The comparison appears here.</source>
            <translation>比较报告显示在这里。</translation>
        </message>
    </context>
    <context>
        <name>ModelRegistryDialog</name>
        <message>
            <source>&amp;Compare a candidate…</source>
            <translation>比较候选模型…(&amp;C)…</translation>
        </message>
        <message>
            <source>&amp;Roll back…</source>
            <translation>回退…(&amp;R)…</translation>
        </message>
        <message>
            <source>Another model comes into use only when a person signs a comparison in which no guarded figure is worse. Slides keep the opinions that they have; each names the model that gave it.</source>
            <translation>只有当受保护的指标均未变差，并由一人签署比较报告后，才会启用另一个模型。玻片保留已有的意见；每条意见都注明给出它的模型。</translation>
        </message>
        <message>
            <source>Check again</source>
            <translation>重新检查</translation>
        </message>
        <message>
            <source>Checking the models…</source>
            <translation>正在检查模型…</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>比较报告</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>In use: {0}.</source>
            <translation>当前使用：{0}。</translation>
        </message>
        <message>
            <source>Installed by</source>
            <translation>安装者</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>签名含义</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Model card</source>
            <translation>模型卡</translation>
        </message>
        <message>
            <source>Model in use</source>
            <translation>当前使用的模型</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Models of this workstation</source>
            <translation>本工作站的模型</translation>
        </message>
        <message>
            <source>No model was installed yet.</source>
            <translation>尚未安装过模型。</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>SHA-256</source>
            <translation>SHA-256</translation>
        </message>
        <message>
            <source>Signed by</source>
            <translation>签署人</translation>
        </message>
        <message>
            <source>Standing</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Take the model of before into use again.</source>
            <translation>重新使用先前的模型。</translation>
        </message>
        <message>
            <source>The chain of {0} entries holds.</source>
            <translation>{0} 条记录的链完整。</translation>
        </message>
        <message>
            <source>The registry was changed outside of LeukView: entry {0} is the first broken one.</source>
            <translation>登记簿在 LeukView 之外被更改：第 {0} 条记录是第一条损坏的。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>What</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>When</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Who installed what</source>
            <translation>安装记录</translation>
        </message>
        <message>
            <source>earlier</source>
            <translation>曾使用</translation>
        </message>
        <message>
            <source>in use</source>
            <translation>使用中</translation>
        </message>
        <message>
            <source>installed</source>
            <translation>安装</translation>
        </message>
        <message>
            <source>not in use</source>
            <translation>未使用</translation>
        </message>
        <message>
            <source>rolled back to</source>
            <translation>回退至</translation>
        </message>
        <message>
            <source>{0}, ships with LeukView</source>
            <translation>{0}，随 LeukView 提供</translation>
        </message>
    </context>
    <context>
        <name>ModelSignatureDialog</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>First and last name, as they are to be printed</source>
            <translation>将印在报告上的姓名</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>签名含义</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>Printed name</source>
            <translation>签名人姓名</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>Sign</source>
            <translation>签署</translation>
        </message>
    </context>
    <context>
        <name>ModelsController</name>
        <message>
            <source>Checking the models</source>
            <translation>正在检查模型</translation>
        </message>
        <message>
            <source>Comparing models</source>
            <translation>正在比较模型</translation>
        </message>
        <message>
            <source>In use from now on: {0}.</source>
            <translation>从现在起使用：{0}。</translation>
        </message>
        <message>
            <source>Installing the model</source>
            <translation>正在安装模型</translation>
        </message>
        <message>
            <source>Roll back</source>
            <translation>回退</translation>
        </message>
        <message>
            <source>Rolling back</source>
            <translation>正在回退</translation>
        </message>
        <message>
            <source>Sign the comparison and install the model</source>
            <translation>签署比较报告并安装模型</translation>
        </message>
        <message>
            <source>Slides keep the opinions that they have; F5 asks the model in use about an unsigned one.</source>
            <translation>玻片保留已有的意见；对未签署的玻片按 F5 可由当前模型判读。</translation>
        </message>
        <message>
            <source>The comparison is written.</source>
            <translation>比较报告已写出。</translation>
        </message>
        <message>
            <source>The model that was in use before comes back into use for cells that are analysed from now on.</source>
            <translation>之后分析的细胞将重新使用先前的模型。</translation>
        </message>
        <message>
            <source>Writing the comparison</source>
            <translation>正在写出比较报告</translation>
        </message>
        <message>
            <source>{0} takes the place of {1} for cells that are analysed from now on. You sign the comparison of the two.</source>
            <translation>之后分析的细胞由 {0} 取代 {1} 判读。您签署的是两者的比较报告。</translation>
        </message>
    </context>
    <context>
        <name>NotificationBar</name>
        <message>
            <source>Dismiss the notice</source>
            <translation>关闭提示</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>{0} more</source>
            <translation>另有 {0} 条</translation>
        </message>
    </context>
    <context>
        <name>OverviewPane</name>
        <message>
            <source>Loading the picture…</source>
            <translation>正在加载图像…</translation>
        </message>
        <message>
            <source>Next overview</source>
            <translation>下一张概览图</translation>
        </message>
        <message>
            <source>Overview before</source>
            <translation>上一张概览图</translation>
        </message>
        <message>
            <source>Overview of the slide; wheel, plus and minus zoom, 0 fits</source>
            <translation>玻片概览图；滚轮或加减键缩放，0 键适合窗口</translation>
        </message>
        <message>
            <source>Overview {0} of {1}</source>
            <translation>概览图 {0} / {1}</translation>
        </message>
    </context>
    <context>
        <name>Preferences</name>
        <message>
            <source>Nothing is written over them. Start LeukView again when their folder can be read.</source>
            <translation>原设置不会被覆盖。文件夹可读后请重新启动 LeukView。</translation>
        </message>
        <message>
            <source>The language changes when LeukView is started again.</source>
            <translation>语言将在 LeukView 重新启动后生效。</translation>
        </message>
        <message>
            <source>The old file is kept beside them as {0}.</source>
            <translation>旧文件以 {0} 之名保留在同一文件夹中。</translation>
        </message>
        <message>
            <source>The settings of the window cannot be read now, so that it starts with the usual ones.</source>
            <translation>目前无法读取窗口设置，因此以默认设置启动。</translation>
        </message>
        <message>
            <source>The settings of the window were damaged, so that it starts with the usual ones.</source>
            <translation>窗口设置已损坏，因此以默认设置启动。</translation>
        </message>
        <message>
            <source>What you chose in the window cannot be remembered: {0}.</source>
            <translation>无法记住您在窗口中的选择：{0}。</translation>
        </message>
        <message>
            <source>Your reviews are kept elsewhere and are not touched.</source>
            <translation>您的审核保存在别处，不受影响。</translation>
        </message>
    </context>
    <context>
        <name>QualityController</name>
        <message>
            <source>Measuring the slide</source>
            <translation>正在测量玻片</translation>
        </message>
        <message>
            <source>Reading reviews</source>
            <translation>正在读取审核记录</translation>
        </message>
        <message>
            <source>Reading the runs</source>
            <translation>正在读取测量记录</translation>
        </message>
    </context>
    <context>
        <name>QualityDialog</name>
        <message>
            <source>&amp;Measure slide {0} as a run</source>
            <translation>将玻片 {0} 测量一次(&amp;M)</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95% 置信区间</translation>
        </message>
        <message>
            <source>Cells that the model classified on its own outline and a person then judged: how many were given a class outside the model's. A week whose interval lies above the rate of all earlier weeks is marked: look at stain, scanner and model.</source>
            <translation>在模型按自身轮廓已分类且经人工判定的细胞中，被判为该类别以外类别的比例。若某周的区间高于此前各周的总比率，则予以标记：请检查染色、扫描仪和模型。</translation>
        </message>
        <message>
            <source>Class of the model</source>
            <translation>模型的类别</translation>
        </message>
        <message>
            <source>Drift</source>
            <translation>漂移</translation>
        </message>
        <message>
            <source>How often reviewers overruled the model</source>
            <translation>审核者更改模型结果的频率</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Overruled</source>
            <translation>被改判</translation>
        </message>
        <message>
            <source>Quality control</source>
            <translation>质量控制</translation>
        </message>
        <message>
            <source>Reference slide</source>
            <translation>参考玻片</translation>
        </message>
        <message>
            <source>Reviewed</source>
            <translation>已审核</translation>
        </message>
        <message>
            <source>Rule broken</source>
            <translation>违反的规则</translation>
        </message>
        <message>
            <source>Runs of the reference slide</source>
            <translation>参考玻片的测量记录</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>The last run lies within the limits.</source>
            <translation>最近一次测量在控。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>数值</translation>
        </message>
        <message>
            <source>Week</source>
            <translation>周</translation>
        </message>
        <message>
            <source>{0} earlier runs with another model are left out of this figure.</source>
            <translation>此前用其他模型的 {0} 次测量不计入此项。</translation>
        </message>
        <message>
            <source>{0} runs; runs are judged from the {1}th on.</source>
            <translation>已测量 {0} 次；自第 {1} 次起开始判定。</translation>
        </message>
        <message>
            <source>⚠ The last run breaks the Westgard rule {0}. Look at stain and focus before slides are reviewed.</source>
            <translation>⚠ 最近一次测量违反 Westgard 规则 {0}。审核玻片前请检查染色与对焦。</translation>
        </message>
        <message>
            <source>⚠ more than before</source>
            <translation>⚠ 高于以往</translation>
        </message>
    </context>
    <context>
        <name>ReopenDialog</name>
        <message>
            <source>Amend</source>
            <translation>修订</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>Reason, as it is to stand in the record and in the report</source>
            <translation>理由，将写入记录和报告</translation>
        </message>
        <message>
            <source>Signed by {who}, {when}</source>
            <translation>签名：{who}，{when}</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>Why is the signed slide amended? The first signature stays in the record.</source>
            <translation>为何修订已签名的玻片？原签名保留在案。</translation>
        </message>
    </context>
    <context>
        <name>ReportController</name>
        <message>
            <source>Reading the report's settings</source>
            <translation>正在读取报告设置</translation>
        </message>
    </context>
    <context>
        <name>ReportDialog</name>
        <message>
            <source>&amp;Certificate</source>
            <translation>证书(&amp;C)</translation>
        </message>
        <message>
            <source>&amp;File</source>
            <translation>文件(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Language of the report</source>
            <translation>报告语言(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;Paper</source>
            <translation>纸张(&amp;P)</translation>
        </message>
        <message>
            <source>&amp;Sign the file with the site's certificate</source>
            <translation>用本机构证书为文件签名(&amp;S)</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Certificate</source>
            <translation>证书</translation>
        </message>
        <message>
            <source>Certificates (*.p12 *.pfx)</source>
            <translation>证书 (*.p12 *.pfx)</translation>
        </message>
        <message>
            <source>Choose the certificate</source>
            <translation>选择证书</translation>
        </message>
        <message>
            <source>Choose the file</source>
            <translation>选择文件</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>导出</translation>
        </message>
        <message>
            <source>Export report</source>
            <translation>导出报告</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Language of the report</source>
            <translation>报告语言</translation>
        </message>
        <message>
            <source>PDF (*.pdf)</source>
            <translation>PDF (*.pdf)</translation>
        </message>
        <message>
            <source>PKCS#12 file (.p12, .pfx)</source>
            <translation>PKCS#12 文件（.p12、.pfx）</translation>
        </message>
        <message>
            <source>Paper</source>
            <translation>纸张</translation>
        </message>
        <message>
            <source>Pass&amp;word</source>
            <translation>密码(&amp;W)</translation>
        </message>
        <message>
            <source>Password of the certificate</source>
            <translation>证书密码</translation>
        </message>
        <message>
            <source>Report of slide {slide}</source>
            <translation>玻片 {slide} 的报告</translation>
        </message>
        <message>
            <source>Signing the file needs an extra part of LeukView that is not installed.</source>
            <translation>为文件签名需要 LeukView 的附加组件，尚未安装。</translation>
        </message>
        <message>
            <source>The slide is not signed: each page is marked as a draft.</source>
            <translation>该玻片未签名：每页将标为草稿。</translation>
        </message>
        <message>
            <source>There is a file of this name; it is replaced.</source>
            <translation>已有同名文件，将被替换。</translation>
        </message>
        <message>
            <source>not stored</source>
            <translation>不会保存</translation>
        </message>
    </context>
    <context>
        <name>ReviewController</name>
        <message>
            <source>Opening the slide</source>
            <translation>正在打开玻片</translation>
        </message>
        <message>
            <source>Writing</source>
            <translation>正在写入</translation>
        </message>
    </context>
    <context>
        <name>ReviewersDialog</name>
        <message>
            <source> (you)</source>
            <translation>（您）</translation>
        </message>
        <message>
            <source> min</source>
            <translation> 分钟</translation>
        </message>
        <message>
            <source>&amp;Add reviewer</source>
            <translation>添加审核者(&amp;A)</translation>
        </message>
        <message>
            <source>&amp;Bring back</source>
            <translation>恢复(&amp;B)</translation>
        </message>
        <message>
            <source>&amp;Rename</source>
            <translation>更名(&amp;R)</translation>
        </message>
        <message>
            <source>&amp;Set the PIN</source>
            <translation>设定 PIN 码(&amp;S)</translation>
        </message>
        <message>
            <source>A retired reviewer cannot sign in. The profile, and what was done under it, stays.</source>
            <translation>停用的审核者不能登录。其档案及以其名义所做的一切均予保留。</translation>
        </message>
        <message>
            <source>A reviewer's name stands beside everything done here. A PIN of {0} to {1} characters is asked for on unlocking the window and on signing; only its fingerprint is kept. Once there is an administrator, only administrators add reviewers. A second reader opens every slide blinded to the first reader and the model.</source>
            <translation>此处的一切操作都附有审核者姓名。解锁窗口和签名时须输入 {0} 至 {1} 个字符的 PIN 码；系统仅保存其摘要。一旦设有管理员，只有管理员可以添加审核者。第二阅片者打开任何玻片时，均看不到第一阅片者和模型的结果。</translation>
        </message>
        <message>
            <source>Add a reviewer</source>
            <translation>添加审核者</translation>
        </message>
        <message>
            <source>Administrator</source>
            <translation>管理员</translation>
        </message>
        <message>
            <source>Before: {0}</source>
            <translation>曾用名：{0}</translation>
        </message>
        <message>
            <source>By</source>
            <translation>操作者</translation>
        </message>
        <message>
            <source>Current PIN</source>
            <translation>当前 PIN 码</translation>
        </message>
        <message>
            <source>Done.</source>
            <translation>完成。</translation>
        </message>
        <message>
            <source>First and last name</source>
            <translation>姓名</translation>
        </message>
        <message>
            <source>Idle minutes before the window locks itself</source>
            <translation>闲置多少分钟后自动锁定窗口</translation>
        </message>
        <message>
            <source>Lock the window when nobody has touched it for</source>
            <translation>无人操作达到以下时间后锁定窗口</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>姓名</translation>
        </message>
        <message>
            <source>Name of the new reviewer</source>
            <translation>新审核者的姓名</translation>
        </message>
        <message>
            <source>New PIN</source>
            <translation>新 PIN 码</translation>
        </message>
        <message>
            <source>New PIN, again</source>
            <translation>再次输入新 PIN 码</translation>
        </message>
        <message>
            <source>New name</source>
            <translation>新姓名</translation>
        </message>
        <message>
            <source>No reviewer is chosen.</source>
            <translation>未选择审核者。</translation>
        </message>
        <message>
            <source>Nothing here is changed or removed; each line holds the hash of the one before. Past reviews keep the name under which they were made.</source>
            <translation>此处的内容不会被更改或删除；每一行都含有前一行的哈希值。过去的审核保留当时的姓名。</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>PIN (may stay empty)</source>
            <translation>PIN 码（可留空）</translation>
        </message>
        <message>
            <source>PIN, again</source>
            <translation>再次输入 PIN 码</translation>
        </message>
        <message>
            <source>Re&amp;tire</source>
            <translation>停用(&amp;T)</translation>
        </message>
        <message>
            <source>Record</source>
            <translation>记录</translation>
        </message>
        <message>
            <source>Record of the reviewers</source>
            <translation>审核者变更记录</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Reviewers</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Role</source>
            <translation>角色</translation>
        </message>
        <message>
            <source>Role of the new reviewer</source>
            <translation>新审核者的角色</translation>
        </message>
        <message>
            <source>Second reader</source>
            <translation>第二阅片者</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>The two PINs are not the same.</source>
            <translation>两次输入的 PIN 码不一致。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>What came of it</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>What was done</source>
            <translation>所做操作</translation>
        </message>
        <message>
            <source>What was done under the name until now keeps it.</source>
            <translation>此前以该姓名所做的一切仍保留该姓名。</translation>
        </message>
        <message>
            <source>active</source>
            <translation>在用</translation>
        </message>
        <message>
            <source>never</source>
            <translation>从不</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>retired</source>
            <translation>已停用</translation>
        </message>
        <message>
            <source>set</source>
            <translation>已设定</translation>
        </message>
    </context>
    <context>
        <name>SecondReadingController</name>
        <message>
            <source>Another person reads it with “Second reading” in the menu “Review”, and signs.</source>
            <translation>请由另一人通过“审核”菜单中的“第二阅片”阅片并签名。</translation>
        </message>
        <message>
            <source>Comparing the readings</source>
            <translation>正在比较两次阅片</translation>
        </message>
        <message>
            <source>Label every cell, then sign it (Ctrl+Return).</source>
            <translation>请标注全部细胞，然后签名（Ctrl+Return）。</translation>
        </message>
        <message>
            <source>The second reading is not signed yet: until then the other opinions stay hidden.</source>
            <translation>第二阅片尚未签名：在此之前，其他意见保持隐藏。</translation>
        </message>
        <message>
            <source>There is no finished second reading of this slide.</source>
            <translation>该玻片没有已完成的第二阅片。</translation>
        </message>
    </context>
    <context>
        <name>ShortcutBar</name>
        <message>
            <source>Keys that label</source>
            <translation>用于标注的按键</translation>
        </message>
    </context>
    <context>
        <name>ShortcutsDialog</name>
        <message>
            <source>&amp;Set</source>
            <translation>设定(&amp;S)</translation>
        </message>
        <message>
            <source>Actions and their keys</source>
            <translation>操作及其按键</translation>
        </message>
        <message>
            <source>Key for the chosen action:</source>
            <translation>所选操作的按键：</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>PDF (*.pdf)</source>
            <translation>PDF (*.pdf)</translation>
        </message>
        <message>
            <source>S&amp;tandard</source>
            <translation>默认(&amp;T)</translation>
        </message>
        <message>
            <source>Save as &amp;card…</source>
            <translation>存为卡片(&amp;C)…</translation>
        </message>
        <message>
            <source>Save as card</source>
            <translation>存为卡片</translation>
        </message>
        <message>
            <source>The card cannot be written: {0}.</source>
            <translation>无法写入卡片：{0}。</translation>
        </message>
        <message>
            <source>The card is written: {0}</source>
            <translation>卡片已写入：{0}</translation>
        </message>
        <message>
            <source>The new key: press it here</source>
            <translation>新按键：请在此按下</translation>
        </message>
        <message>
            <source>{0} belongs to “{1}” already. Give that action another key first.</source>
            <translation>{0} 已用于“{1}”。请先为该操作另设按键。</translation>
        </message>
        <message>
            <source>“{0}” now has no key.</source>
            <translation>“{0}”现无按键。</translation>
        </message>
        <message>
            <source>“{0}” now has the key {1}.</source>
            <translation>“{0}”的按键现为 {1}。</translation>
        </message>
    </context>
    <context>
        <name>ShortcutsModel</name>
        <message>
            <source>Action</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>Key</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>菜单</translation>
        </message>
        <message>
            <source>What it does</source>
            <translation>作用</translation>
        </message>
    </context>
    <context>
        <name>SignDialog</name>
        <message>
            <source>% of leukocytes</source>
            <translation>占白细胞 %</translation>
        </message>
        <message>
            <source>, called: {called}</source>
            <translation>，已通知：{called}</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95% 置信区间</translation>
        </message>
        <message>
            <source>Alert: {title} ({state}).</source>
            <translation>警示：{title}（{state}）。</translation>
        </message>
        <message>
            <source>Alerts belong to the first reading.</source>
            <translation>警示属于第一阅片。</translation>
        </message>
        <message>
            <source>Before this slide can be signed:</source>
            <translation>签名之前还需：</translation>
        </message>
        <message>
            <source>Blasts {blasts}, blast equivalents {equivalents}; together {both} of {n} leukocytes: {percent:.1f} % (95 % interval {interval} %, counting error only).</source>
            <translation>原始细胞 {blasts}，原始细胞等同细胞 {equivalents}；合计 {both} / {n} 个白细胞：{percent:.1f}%（95% 置信区间 {interval}%，仅含计数误差）。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cells</source>
            <translation>细胞数</translation>
        </message>
        <message>
            <source>Cells that nobody reviewed count with the model's class.</source>
            <translation>未经审核的细胞按模型的类别计入。</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Fewer than 200 leukocytes were counted: the intervals are wide.</source>
            <translation>计数的白细胞不足 200 个：置信区间较宽。</translation>
        </message>
        <message>
            <source>First and last name, as they are to be printed</source>
            <translation>将印在报告上的姓名</translation>
        </message>
        <message>
            <source>Meaning</source>
            <translation>签名含义</translation>
        </message>
        <message>
            <source>No alert fired.</source>
            <translation>无警示。</translation>
        </message>
        <message>
            <source>No leukocyte was counted.</source>
            <translation>未计数到白细胞。</translation>
        </message>
        <message>
            <source>Once signed, the slide is read-only. An amendment reopens it; this signature stays on record.</source>
            <translation>签名后玻片变为只读。修订可重新打开玻片；本次签名保留在案。</translation>
        </message>
        <message>
            <source>PIN</source>
            <translation>PIN 码</translation>
        </message>
        <message>
            <source>Printed name</source>
            <translation>签名人姓名</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>Second reading: {0} of {1} cells labelled, blinded to the first reader and the model.</source>
            <translation>第二阅片：已标注 {0} / {1} 个细胞，对第一阅片者和模型设盲。</translation>
        </message>
        <message>
            <source>Show these cells ({0})</source>
            <translation>显示这些细胞（{0}）</translation>
        </message>
        <message>
            <source>Sign</source>
            <translation>签名</translation>
        </message>
        <message>
            <source>Sign the slide</source>
            <translation>玻片签名</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>Still to do</source>
            <translation>待办事项</translation>
        </message>
        <message>
            <source>The differential that is signed</source>
            <translation>所签名的白细胞分类计数</translation>
        </message>
        <message>
            <source>The interval straddles {thresholds} %.</source>
            <translation>置信区间跨越 {thresholds}%。</translation>
        </message>
        <message>
            <source>Why it is not signed</source>
            <translation>未能签名的原因</translation>
        </message>
        <message>
            <source>acknowledged by {who}</source>
            <translation>由 {who} 确认</translation>
        </message>
        <message>
            <source>for information</source>
            <translation>供参考</translation>
        </message>
        <message>
            <source>not acknowledged</source>
            <translation>未确认</translation>
        </message>
        <message>
            <source>per 100 WBC</source>
            <translation>每 100 个白细胞</translation>
        </message>
        <message>
            <source>{reviewed} of {cells} cells reviewed; the model was overruled on {overruled} of them.</source>
            <translation>已审核 {reviewed} / {cells} 个细胞；其中 {overruled} 个与模型的分类不同。</translation>
        </message>
    </context>
    <context>
        <name>SignInController</name>
        <message>
            <source>Add one under “Reviewers…” in the menu “Slide”.</source>
            <translation>请在“玻片”菜单的“审核者…”中添加。</translation>
        </message>
        <message>
            <source>Changing the reviewers</source>
            <translation>正在更改审核者</translation>
        </message>
        <message>
            <source>Checking the PIN</source>
            <translation>正在核对 PIN 码</translation>
        </message>
        <message>
            <source>Ctrl+L changes the reviewer.</source>
            <translation>按 Ctrl+L 更换审核者。</translation>
        </message>
        <message>
            <source>Reading the reviewers</source>
            <translation>正在读取审核者</translation>
        </message>
        <message>
            <source>The slide could not be opened for this reviewer. Try again.</source>
            <translation>无法为该审核者打开玻片。请重试。</translation>
        </message>
        <message>
            <source>There is no reviewer with a PIN yet, so the window cannot be locked.</source>
            <translation>尚无设有 PIN 码的审核者，因此无法锁定窗口。</translation>
        </message>
        <message>
            <source>{0} can take the seat now.</source>
            <translation>{0} 现在可以接手。</translation>
        </message>
    </context>
    <context>
        <name>SlideDetailsDialog</name>
        <message>
            <source> µm/px</source>
            <translation> µm/px</translation>
        </message>
        <message>
            <source> ×10⁹/l</source>
            <translation> ×10⁹/L</translation>
        </message>
        <message>
            <source>&amp;Scale</source>
            <translation>比例尺(&amp;S)</translation>
        </message>
        <message>
            <source>&amp;White cell count</source>
            <translation>白细胞计数(&amp;W)</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>比例尺</translation>
        </message>
        <message>
            <source>Slide details</source>
            <translation>玻片信息</translation>
        </message>
        <message>
            <source>The count gives absolute numbers beside the percentages. Without a scale nothing is shown in µm: the export does not tell it. A new scale applies to cells analysed from now on.</source>
            <translation>填写白细胞计数后，除百分比外还会给出绝对值。未填写比例尺时不以 µm 显示任何数值：导出数据中不含比例尺。新的比例尺只用于此后分析的细胞。</translation>
        </message>
        <message>
            <source>The counter counted erythroblasts as white cells</source>
            <translation>仪器把有核红细胞计为白细胞</translation>
        </message>
        <message>
            <source>White cell count</source>
            <translation>白细胞计数</translation>
        </message>
        <message>
            <source>not known</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>{nrbc:.1f} erythroblasts per 100 white cells: {wbc:.2f} is corrected to {corrected:.2f} ×10⁹/l.</source>
            <translation>每 100 个白细胞有核红细胞 {nrbc:.1f} 个：{wbc:.2f} 校正为 {corrected:.2f} ×10⁹/L。</translation>
        </message>
    </context>
    <context>
        <name>SlideJobs</name>
        <message>
            <source>A folder in “{0}” may be a class or a patient, so its slide was not imported.</source>
            <translation>“{0}”中有一个文件夹可能是类别，也可能是患者，因此其玻片未导入。</translation>
        </message>
        <message>
            <source>Analysing</source>
            <translation>正在分析</translation>
        </message>
        <message>
            <source>Exporting the slide</source>
            <translation>正在导出玻片</translation>
        </message>
        <message>
            <source>Importing slides</source>
            <translation>正在导入玻片</translation>
        </message>
        <message>
            <source>Loading the model</source>
            <translation>正在加载模型</translation>
        </message>
        <message>
            <source>Looking through the folder</source>
            <translation>正在查看文件夹</translation>
        </message>
        <message>
            <source>Open “{0}” with Slide › Open folder and answer the question.</source>
            <translation>请用“玻片 › 打开文件夹”打开“{0}”并回答问题。</translation>
        </message>
        <message>
            <source>Reading the worklist</source>
            <translation>正在读取工作列表</translation>
        </message>
        <message>
            <source>Writing the demo slides</source>
            <translation>正在生成演示玻片</translation>
        </message>
        <message>
            <source>Writing the report</source>
            <translation>正在写入报告</translation>
        </message>
    </context>
    <context>
        <name>SlidePresenter</name>
        <message>
            <source>Last here: {0}</source>
            <translation>上次操作：{0}</translation>
        </message>
    </context>
    <context>
        <name>StageTree</name>
        <message>
            <source>Model's answer</source>
            <translation>模型的判断</translation>
        </message>
        <message>
            <source>Model's class</source>
            <translation>模型的类别</translation>
        </message>
        <message>
            <source>Runner-up and margin</source>
            <translation>次选与差值</translation>
        </message>
        <message>
            <source>Runner-up: {name} {percent} · margin {points:.0f} points</source>
            <translation>次选：{name} {percent} · 相差 {points:.0f} 个百分点</translation>
        </message>
        <message>
            <source>Stages of the model; Enter on a choice shows its class-activation map</source>
            <translation>模型的各阶段；在某一选项上按回车键 显示其类激活图</translation>
        </message>
        <message>
            <source>The model has not looked at this cell yet.</source>
            <translation>模型尚未分析该细胞。</translation>
        </message>
        <message>
            <source>Unidentified: the model is not sure enough. Most probable: {first}</source>
            <translation>未识别：模型把握不足。最可能：{first}</translation>
        </message>
        <message>
            <source>on the path of the model's class</source>
            <translation>位于模型所判类别的路径上</translation>
        </message>
        <message>
            <source>{name} {percent}</source>
            <translation>{name} {percent}</translation>
        </message>
        <message>
            <source>{name}: {note}. Sets like this held the right choice in at least 95 of 100 validation cells.</source>
            <translation>{name}：{note}。这样的集合在每 100 个验证细胞中至少有 95 个包含正确选项。</translation>
        </message>
        <message>
            <source>{name}: {percent}, given the step before. Click to see the class-activation map.</source>
            <translation>{name}：{percent}（以前一步为条件）。单击查看类激活图。</translation>
        </message>
        <message>
            <source>“{head}” is scored as if the cell were {choice}; the model does not take this cell for it.</source>
            <translation>“{head}”按该细胞为{choice}的假定评分；模型并不认为它属于此类。</translation>
        </message>
    </context>
    <context>
        <name>StatusBarProgress</name>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
    </context>
    <context>
        <name>TallyController</name>
        <message>
            <source>Reading the patient's other slides</source>
            <translation>正在读取该患者的其他玻片</translation>
        </message>
    </context>
    <context>
        <name>TallyModel</name>
        <message>
            <source>10⁹/l</source>
            <translation>10⁹/L</translation>
        </message>
        <message>
            <source>95 % CI</source>
            <translation>95% CI</translation>
        </message>
        <message>
            <source>95 % interval</source>
            <translation>95% 置信区间</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Count</source>
            <translation>计数</translation>
        </message>
        <message>
            <source>Exact 95 % interval (Clopper–Pearson). It covers counting error only.</source>
            <translation>精确 95% 置信区间（Clopper–Pearson）。仅反映计数误差。</translation>
        </message>
        <message>
            <source>It straddles {thresholds} %.</source>
            <translation>它跨越 {thresholds}%。</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Not leukocytes, or not identified: per 100 white cells, without a percentage.</source>
            <translation>非白细胞或未能识别的细胞：按每 100 个白细胞计，不计百分比。</translation>
        </message>
        <message>
            <source>Outside the leukocyte count; given per 100 white cells.</source>
            <translation>不计入白细胞；以每 100 个白细胞计。</translation>
        </message>
        <message>
            <source>n</source>
            <translation>n</translation>
        </message>
        <message>
            <source>per 100 WBC</source>
            <translation>每 100 个白细胞</translation>
        </message>
    </context>
    <context>
        <name>TallyPanel</name>
        <message>
            <source>&lt;b&gt;{0} leukocytes&lt;/b&gt; of {1} cells on {2} slides, joined · {3} reviewed</source>
            <translation>&lt;b&gt;{0} 个白细胞&lt;/b&gt;，共 {1} 个细胞，{2} 张玻片合并 · 已审核 {3}</translation>
        </message>
        <message>
            <source>&lt;b&gt;{0} leukocytes&lt;/b&gt; of {1} cells · {2} reviewed</source>
            <translation>&lt;b&gt;{0} 个白细胞&lt;/b&gt;，共 {1} 个细胞 · 已审核 {2}</translation>
        </message>
        <message>
            <source>All {0} slides of this patient</source>
            <translation>该患者的全部 {0} 张玻片</translation>
        </message>
        <message>
            <source>Joined with {0}; cells are labelled on the slide they lie on.</source>
            <translation>与 {0} 合并；细胞须在其所在玻片上标注。</translation>
        </message>
        <message>
            <source>One differential over every slide of this patient; to read, not to change.</source>
            <translation>该患者全部玻片的合并分类计数；只供查看，不可更改。</translation>
        </message>
        <message>
            <source>Tally of cell classes</source>
            <translation>细胞分类计数</translation>
        </message>
        <message>
            <source>White cell count {wbc:.2f}, corrected for erythroblasts {corrected:.2f} ×10⁹/l.</source>
            <translation>白细胞计数 {wbc:.2f}，经有核红细胞校正后 {corrected:.2f} ×10⁹/L。</translation>
        </message>
        <message>
            <source>{0} more to {1}</source>
            <translation>距 {1} 还差 {0}</translation>
        </message>
        <message>
            <source>{0} reached</source>
            <translation>已达 {0}</translation>
        </message>
        <message>
            <source>⚠ The interval of blasts and equivalents straddles {thresholds} %.</source>
            <translation>⚠ 原始细胞及等同细胞的置信区间跨越 {thresholds}%。</translation>
        </message>
        <message>
            <source>⚠ Under 200 leukocytes: intervals are wide.</source>
            <translation>⚠ 白细胞不足 200 个：置信区间较宽。</translation>
        </message>
        <message>
            <source>⚠ White cell count outside the validated range ({low:g}–{high:g} ×10⁹/l): a film with few cells cannot exclude blasts.</source>
            <translation>⚠ 白细胞计数超出验证范围（{low:g}–{high:g} ×10⁹/L）：细胞过少的涂片不能排除原始细胞。</translation>
        </message>
    </context>
    <context>
        <name>TaskRunner</name>
        <message>
            <source>LeukView made a mistake; what you did so far is kept.</source>
            <translation>LeukView 出现内部错误；您已完成的操作均已保存。</translation>
        </message>
        <message>
            <source>The log file names the place ({0}). Please report it.</source>
            <translation>日志文件中记录了出错位置（{0}）。请反馈给开发者。</translation>
        </message>
    </context>
    <context>
        <name>ThumbnailCache</name>
        <message>
            <source>Thumbnails</source>
            <translation>缩略图</translation>
        </message>
        <message>
            <source>changed since the import</source>
            <translation>导入后已更改</translation>
        </message>
        <message>
            <source>image cannot be read</source>
            <translation>图像无法读取</translation>
        </message>
    </context>
    <context>
        <name>Tour</name>
        <message>
            <source>&amp;Back</source>
            <translation>上一步(&amp;B)</translation>
        </message>
        <message>
            <source>&amp;Done</source>
            <translation>完成(&amp;D)</translation>
        </message>
        <message>
            <source>&amp;End</source>
            <translation>结束(&amp;E)</translation>
        </message>
        <message>
            <source>&amp;Next</source>
            <translation>下一步(&amp;N)</translation>
        </message>
        <message>
            <source>Show it on the &amp;demo slides</source>
            <translation>用演示玻片展示(&amp;D)</translation>
        </message>
        <message>
            <source>The demo slides are being opened…</source>
            <translation>正在打开演示玻片…</translation>
        </message>
        <message>
            <source>Tour</source>
            <translation>导览</translation>
        </message>
    </context>
    <context>
        <name>WatchFolderController</name>
        <message>
            <source>Archives in the watched folder that are not complete: {0}. LeukView waits for them.</source>
            <translation>监视的文件夹中尚不完整的压缩包：{0} 个。LeukView 正在等待其完成。</translation>
        </message>
        <message>
            <source>If nothing is being copied any more, copy them again.</source>
            <translation>如果复制已经结束，请重新复制这些压缩包。</translation>
        </message>
        <message>
            <source>Looking at the watched folder</source>
            <translation>正在检查监视文件夹</translation>
        </message>
        <message>
            <source>No folder is watched any more.</source>
            <translation>已停止监视文件夹。</translation>
        </message>
        <message>
            <source>Reading the watched folder</source>
            <translation>正在读取监视文件夹</translation>
        </message>
        <message>
            <source>Slide › Watch a folder ends it.</source>
            <translation>“玻片 › 监视文件夹”可停止。</translation>
        </message>
        <message>
            <source>Slides that arrive in {0} are imported and analysed by themselves.</source>
            <translation>进入 {0} 的玻片会自动导入并分析。</translation>
        </message>
        <message>
            <source>The watched folder cannot be read; LeukView goes on looking for it.</source>
            <translation>无法读取监视的文件夹；LeukView 将继续尝试。</translation>
        </message>
        <message>
            <source>The watched folder is there again.</source>
            <translation>监视的文件夹已恢复。</translation>
        </message>
        <message>
            <source>Watch a folder</source>
            <translation>监视文件夹</translation>
        </message>
        <message>
            <source>{0} new in the watched folder: imported and queued for analysis.</source>
            <translation>监视文件夹中新增 {0} 张：已导入并排队等待分析。</translation>
        </message>
    </context>
    <context>
        <name>WithdrawDialog</name>
        <message>
            <source>A wrong import leaves the worklist; nothing is deleted. It is found again under “Withdrawn”, from where it can be taken back.</source>
            <translation>错误导入的玻片将离开工作列表，不删除任何内容。可在“已撤回”中找到并取回。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>理由</translation>
        </message>
        <message>
            <source>Reason, as it is to stand in the record</source>
            <translation>理由，将写入记录</translation>
        </message>
        <message>
            <source>Slide {slide}</source>
            <translation>玻片 {slide}</translation>
        </message>
        <message>
            <source>Take back</source>
            <translation>取回</translation>
        </message>
        <message>
            <source>The slide comes back into the worklist.</source>
            <translation>玻片将回到工作列表。</translation>
        </message>
        <message>
            <source>Withdraw</source>
            <translation>撤回</translation>
        </message>
    </context>
    <context>
        <name>WorklistModel</name>
        <message>
            <source>Patient {0}</source>
            <translation>患者 {0}</translation>
        </message>
        <message>
            <source>Synthetic slide</source>
            <translation>合成玻片</translation>
        </message>
        <message>
            <source>amended · {0} cells</source>
            <translation>已修订 · {0} 个细胞</translation>
        </message>
        <message>
            <source>analysis unfinished · {0} cells</source>
            <translation>分析未完成 · {0} 个细胞</translation>
        </message>
        <message>
            <source>imported {0}</source>
            <translation>导入于 {0}</translation>
        </message>
        <message>
            <source>imported · {0} cells</source>
            <translation>已导入 · {0} 个细胞</translation>
        </message>
        <message>
            <source>in review · {0} of {1}</source>
            <translation>审核中 · {0} / {1}</translation>
        </message>
        <message>
            <source>second reading signed · {0} cells</source>
            <translation>第二阅片，已签名 · {0} 个细胞</translation>
        </message>
        <message>
            <source>second reading · {1} of {0}</source>
            <translation>第二阅片 · {1} / {0}</translation>
        </message>
        <message>
            <source>signed · {0} cells</source>
            <translation>已签名 · {0} 个细胞</translation>
        </message>
        <message>
            <source>withdrawn · {0} cells</source>
            <translation>已撤回 · {0} 个细胞</translation>
        </message>
    </context>
    <context>
        <name>WorklistPanel</name>
        <message>
            <source>All slides</source>
            <translation>全部玻片</translation>
        </message>
        <message>
            <source>Amended</source>
            <translation>已修订</translation>
        </message>
        <message>
            <source>By patient</source>
            <translation>按患者</translation>
        </message>
        <message>
            <source>Newest first</source>
            <translation>最新在前</translation>
        </message>
        <message>
            <source>No slide is found.</source>
            <translation>未找到玻片。</translation>
        </message>
        <message>
            <source>Oldest first</source>
            <translation>最早在前</translation>
        </message>
        <message>
            <source>Order of the slides</source>
            <translation>玻片排序</translation>
        </message>
        <message>
            <source>Reading older slides for the search: {0}</source>
            <translation>正在读取较早的玻片以供搜索：{0}</translation>
        </message>
        <message>
            <source>Search slide, patient, date, class, alert</source>
            <translation>搜索玻片、患者、日期、类别或警示</translation>
        </message>
        <message>
            <source>Search the worklist</source>
            <translation>搜索工作列表</translation>
        </message>
        <message>
            <source>Several words narrow the search. A class finds the slides where it was seen.</source>
            <translation>输入多个词可缩小范围。输入类别可找到出现该类细胞的玻片。</translation>
        </message>
        <message>
            <source>Signed</source>
            <translation>已签名</translation>
        </message>
        <message>
            <source>State of the slides shown</source>
            <translation>所示玻片的状态</translation>
        </message>
        <message>
            <source>To review</source>
            <translation>待审核</translation>
        </message>
        <message>
            <source>Withdrawn</source>
            <translation>已撤回</translation>
        </message>
        <message>
            <source>Worklist</source>
            <translation>工作列表</translation>
        </message>
    </context>
    <context>
        <name>_AlertCard</name>
        <message>
            <source>Hide the details</source>
            <translation>收起详情</translation>
        </message>
        <message>
            <source>Show its cells ({0})</source>
            <translation>显示相关细胞（{0}）</translation>
        </message>
        <message>
            <source>Show the details</source>
            <translation>展开详情</translation>
        </message>
        <message>
            <source>{0}: details</source>
            <translation>{0}：详情</translation>
        </message>
    </context>
    <context>
        <name>data</name>
        <message>
            <source> and {count} more</source>
            <translation>等，另有 {count} 个</translation>
        </message>
        <message>
            <source>1 cell</source>
            <translation>1 个细胞</translation>
        </message>
        <message>
            <source>1 · Benign or malignant</source>
            <translation>1 · 良性或恶性</translation>
        </message>
        <message>
            <source>1+ few</source>
            <translation>1+ 少量</translation>
        </message>
        <message>
            <source>2+ moderate</source>
            <translation>2+ 中等量</translation>
        </message>
        <message>
            <source>2B · Normal type</source>
            <translation>2B · 正常细胞类型</translation>
        </message>
        <message>
            <source>2T · Malignant lineage</source>
            <translation>2T · 恶性细胞系别</translation>
        </message>
        <message>
            <source>3+ many</source>
            <translation>3+ 大量</translation>
        </message>
        <message>
            <source>3L · Lymphoid disease</source>
            <translation>3L · 淋系疾病</translation>
        </message>
        <message>
            <source>3M · Myeloid disease</source>
            <translation>3M · 髓系疾病</translation>
        </message>
        <message>
            <source>95 % set: {choices}</source>
            <translation>95% 预测集：{choices}</translation>
        </message>
        <message>
            <source>95 %: {choices}</source>
            <translation>95%：{choices}</translation>
        </message>
        <message>
            <source>A PIN has {fewest} to {most} characters.</source>
            <translation>PIN 码须为 {fewest} 至 {most} 个字符。</translation>
        </message>
        <message>
            <source>A cell does not belong to this slide.</source>
            <translation>有细胞不属于该玻片。</translation>
        </message>
        <message>
            <source>A database could not be copied.</source>
            <translation>无法复制数据库。</translation>
        </message>
        <message>
            <source>A database in memory loses the review with the program.</source>
            <translation>内存数据库会随程序关闭而丢失审核结果。</translation>
        </message>
        <message>
            <source>A database on a server is backed up by its administrator.</source>
            <translation>服务器上的数据库由其管理员备份。</translation>
        </message>
        <message>
            <source>A guard needs {names}, and may have bound.</source>
            <translation>每项保护需要 {names}，并可含 bound。</translation>
        </message>
        <message>
            <source>A key has small letters, digits and _, such as sezary_cell.</source>
            <translation>键由小写字母、数字和 _ 组成，例如 sezary_cell。</translation>
        </message>
        <message>
            <source>A key of this user account cannot be read.</source>
            <translation>无法读取此用户帐户的密钥。</translation>
        </message>
        <message>
            <source>A key of this user account cannot be stored.</source>
            <translation>无法保存此用户帐户的密钥。</translation>
        </message>
        <message>
            <source>A model is a folder with a bundle.json.</source>
            <translation>模型是含有 bundle.json 的文件夹。</translation>
        </message>
        <message>
            <source>A network needs at least one stage, and each stage two choices.</source>
            <translation>网络至少需要一个阶段，每个阶段至少两个选项。</translation>
        </message>
        <message>
            <source>A repaired mask cannot be read.</source>
            <translation>修正的掩膜无法读取。</translation>
        </message>
        <message>
            <source>A repaired mask does not belong to its picture.</source>
            <translation>修正的掩膜与其图像不符。</translation>
        </message>
        <message>
            <source>A repaired outline cannot be read any more.</source>
            <translation>修正的轮廓已无法读取。</translation>
        </message>
        <message>
            <source>A repaired outline is of another size than the picture.</source>
            <translation>修正的轮廓与图像大小不符。</translation>
        </message>
        <message>
            <source>A reviewer needs a name.</source>
            <translation>审核者必须有姓名。</translation>
        </message>
        <message>
            <source>A reviewer's name, role, PIN or state was changed outside of LeukView (table of reviewers).</source>
            <translation>审核人员的姓名、角色、PIN 或状态在 LeukView 之外被更改（审核人员表）。</translation>
        </message>
        <message>
            <source>A reviewer's role is not known.</source>
            <translation>某位审核者的角色未知。</translation>
        </message>
        <message>
            <source>A second reading is not exported.</source>
            <translation>第二次阅片不能导出。</translation>
        </message>
        <message>
            <source>A sign of the population that no single cell shows: {count} cells concerned. Look at the whole differential.</source>
            <translation>这是单个细胞看不出的群体特征：涉及 {count} 个细胞。请查看整个分类计数。</translation>
        </message>
        <message>
            <source>A signature needs a meaning.</source>
            <translation>签名需要注明含义。</translation>
        </message>
        <message>
            <source>A signature needs the printed name of the person who signs.</source>
            <translation>签名须填写签名人的姓名。</translation>
        </message>
        <message>
            <source>A signed slide is withdrawn only by those who may amend it.</source>
            <translation>已签名的玻片只能由有权修订者撤回。</translation>
        </message>
        <message>
            <source>A slide is withdrawn in the first reading.</source>
            <translation>玻片只能在第一次阅片中撤回。</translation>
        </message>
        <message>
            <source>A statement of the seals was changed outside of LeukView and cannot be read.</source>
            <translation>一条封印声明在 LeukView 之外被更改，无法读取。</translation>
        </message>
        <message>
            <source>A stored prediction is damaged.</source>
            <translation>某条已存储的模型结果已损坏。</translation>
        </message>
        <message>
            <source>A trunk needs four widths and four depths, all above zero.</source>
            <translation>主干网络需要四个宽度和四个深度，且均大于零。</translation>
        </message>
        <message>
            <source>A withdrawal needs a reason.</source>
            <translation>撤回需要理由。</translation>
        </message>
        <message>
            <source>A wrong PIN was given at the locked window.</source>
            <translation>在锁定的窗口输入了错误的 PIN 码。</translation>
        </message>
        <message>
            <source>ALL</source>
            <translation>ALL</translation>
        </message>
        <message>
            <source>ALL cell</source>
            <translation>ALL 细胞</translation>
        </message>
        <message>
            <source>ALL cells</source>
            <translation>ALL 细胞</translation>
        </message>
        <message>
            <source>AML</source>
            <translation>AML</translation>
        </message>
        <message>
            <source>AML cell</source>
            <translation>AML 细胞</translation>
        </message>
        <message>
            <source>AML cells</source>
            <translation>AML 细胞</translation>
        </message>
        <message>
            <source>APL</source>
            <translation>APL</translation>
        </message>
        <message>
            <source>APL against other AML</source>
            <translation>APL 与其他 AML</translation>
        </message>
        <message>
            <source>APL is an emergency: call the clinician now and record whom you called. Mean APL score {value} (malignant-looking cells: {count}).</source>
            <translation>APL 属急症：请立即电话通知临床医生，并记录通知了谁。APL 平均评分 {value}（恶性样细胞：{count} 个）。</translation>
        </message>
        <message>
            <source>APL is an emergency: call the clinician now and record whom you called. Score of the film {value}, cells concerned: {count}. Among patients whom the model had not seen, scores this high were found in {sensitivity} of those with APL; {specificity} of those without had lower ones.</source>
            <translation>APL 属于急症：请立即通知临床医生并记录通知了谁。涂片评分 {value}，涉及细胞：{count}。在模型未见过的患者中，{sensitivity} 的 APL 患者达到此评分；{specificity} 的非 APL 患者评分更低。</translation>
        </message>
        <message>
            <source>APL not assessable</source>
            <translation>APL 无法评估</translation>
        </message>
        <message>
            <source>APL not excluded</source>
            <translation>不能排除 APL</translation>
        </message>
        <message>
            <source>AUC of the cells {auc} ({low}–{high} over patients)</source>
            <translation>细胞的 AUC {auc}（按患者 {low}–{high}）</translation>
        </message>
        <message>
            <source>AUC of the malignant cells {auc} ({low}–{high} over patients)</source>
            <translation>恶性细胞的 AUC {auc}（按患者 {low}–{high}）</translation>
        </message>
        <message>
            <source>Abnormal promyelocyte</source>
            <translation>异常早幼粒细胞</translation>
        </message>
        <message>
            <source>Abnormal promyelocytes</source>
            <translation>异常早幼粒细胞</translation>
        </message>
        <message>
            <source>Abnormal promyelocytes named</source>
            <translation>已标记异常早幼粒细胞</translation>
        </message>
        <message>
            <source>Abnormal promyelocytes: {count} ({percent} of leukocytes). Consider APL, which is an emergency: call the clinician now and record whom you called.</source>
            <translation>异常早幼粒细胞：{count} 个（占白细胞 {percent}）。需考虑 APL，属急症：请立即电话通知临床医师，并记录通知了谁。</translation>
        </message>
        <message>
            <source>About LeukView</source>
            <translation>关于 LeukView</translation>
        </message>
        <message>
            <source>Acanthocytes</source>
            <translation>棘形红细胞</translation>
        </message>
        <message>
            <source>Accept</source>
            <translation>接受</translation>
        </message>
        <message>
            <source>Accept and go on</source>
            <translation>接受并继续</translation>
        </message>
        <message>
            <source>Accept {cells}</source>
            <translation>接受 {cells}</translation>
        </message>
        <message>
            <source>Accepted</source>
            <translation>接受</translation>
        </message>
        <message>
            <source>Accepted {given}.</source>
            <translation>接受：{given}。</translation>
        </message>
        <message>
            <source>Acknowledged an alert.</source>
            <translation>确认了一项警示。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called} at {time}, read back.</source>
            <translation>已确认警报“{title}”；已于 {time} 通知：{called}，对方已复述。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called} at {time}, read back; {note}.</source>
            <translation>已确认警报“{title}”；已于 {time} 通知：{called}，对方已复述；{note}。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called}.</source>
            <translation>确认了警示“{title}”；已通知：{called}。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; called: {called}; {note}.</source>
            <translation>确认了警示“{title}”；已通知：{called}；{note}。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; nobody was called.</source>
            <translation>确认了警示“{title}”；未电话通知。</translation>
        </message>
        <message>
            <source>Acknowledged the alert “{title}”; nobody was called; {note}.</source>
            <translation>确认了警示“{title}”；未电话通知；{note}。</translation>
        </message>
        <message>
            <source>Add --zip-encoding with the one that is right, or open the archive in the window.</source>
            <translation>请用 --zip-encoding 指定正确的编码，或在窗口中打开该压缩包。</translation>
        </message>
        <message>
            <source>Add another administrator first, who then does it.</source>
            <translation>请先添加另一位管理员，再由其执行。</translation>
        </message>
        <message>
            <source>Add the person first.</source>
            <translation>请先添加此人。</translation>
        </message>
        <message>
            <source>Added {name} ({role}).</source>
            <translation>添加了 {name}（{role}）。</translation>
        </message>
        <message>
            <source>Administrator</source>
            <translation>管理员</translation>
        </message>
        <message>
            <source>Against the analyser's count; clumps make both too low.</source>
            <translation>与分析仪计数对照；聚集会使两者均偏低。</translation>
        </message>
        <message>
            <source>Agglutination</source>
            <translation>红细胞凝集</translation>
        </message>
        <message>
            <source>Alert acknowledged</source>
            <translation>确认警示</translation>
        </message>
        <message>
            <source>Also filed as {others}.</source>
            <translation>同时归入{others}。</translation>
        </message>
        <message>
            <source>Amend…</source>
            <translation>修订…</translation>
        </message>
        <message>
            <source>An administrator can bring the profile back.</source>
            <translation>管理员可以恢复该档案。</translation>
        </message>
        <message>
            <source>An amendment needs a reason.</source>
            <translation>修订须说明理由。</translation>
        </message>
        <message>
            <source>An empty database was begun here on {at} where a sealed one had been before.</source>
            <translation>{at} 在原有已加封数据库的位置新建了空数据库。</translation>
        </message>
        <message>
            <source>An entry of the identity vault is damaged.</source>
            <translation>身份库中的一项已损坏。</translation>
        </message>
        <message>
            <source>An entry of the model registry cannot be read.</source>
            <translation>模型登记簿中有一条记录无法读取。</translation>
        </message>
        <message>
            <source>An entry of the review log was changed outside of LeukView and cannot be read.</source>
            <translation>审核日志中的一条记录在 LeukView 之外被改动，无法读取。</translation>
        </message>
        <message>
            <source>An event before it was removed or replaced.</source>
            <translation>其前的某一事件被删除或替换。</translation>
        </message>
        <message>
            <source>An image of the labelled cells cannot be read.</source>
            <translation>带标签细胞的一幅图像无法读取。</translation>
        </message>
        <message>
            <source>An image side of {height}×{width} does not divide into {patches} patches.</source>
            <translation>{height}×{width} 的图像无法划分为 {patches} 个图块。</translation>
        </message>
        <message>
            <source>An import added cells to the slide: {count}.</source>
            <translation>导入为玻片增加了细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Analyse</source>
            <translation>分析</translation>
        </message>
        <message>
            <source>Analyse it first.</source>
            <translation>请先分析。</translation>
        </message>
        <message>
            <source>Analyse the cells that have not been analysed yet.</source>
            <translation>分析尚未分析的细胞。</translation>
        </message>
        <message>
            <source>Analyse the slide again.</source>
            <translation>请重新分析该玻片。</translation>
        </message>
        <message>
            <source>Analyser</source>
            <translation>分析仪</translation>
        </message>
        <message>
            <source>Analyser's class for {cells}</source>
            <translation>{cells}采用分析仪的类别</translation>
        </message>
        <message>
            <source>Analysing cells</source>
            <translation>正在分析细胞</translation>
        </message>
        <message>
            <source>Analysing slides</source>
            <translation>正在分析玻片</translation>
        </message>
        <message>
            <source>Anisocytosis</source>
            <translation>红细胞大小不均</translation>
        </message>
        <message>
            <source>Another program changed the model meanwhile.</source>
            <translation>另一个程序在此期间更换了模型。</translation>
        </message>
        <message>
            <source>Another program wrote to this slide.</source>
            <translation>其他程序已写入该玻片。</translation>
        </message>
        <message>
            <source>Another reviewer was called {name} before.</source>
            <translation>另一位审核者曾名为 {name}。</translation>
        </message>
        <message>
            <source>Artefact</source>
            <translation>人工假象</translation>
        </message>
        <message>
            <source>Artefacts</source>
            <translation>人工假象</translation>
        </message>
        <message>
            <source>As large as a red cell or larger.</source>
            <translation>与红细胞等大或更大。</translation>
        </message>
        <message>
            <source>Ask a reviewer with the right to amend.</source>
            <translation>请找有修订权限的审核者。</translation>
        </message>
        <message>
            <source>Ask for write access to its folder.</source>
            <translation>请申请该文件夹的写入权限。</translation>
        </message>
        <message>
            <source>Audit trail…</source>
            <translation>审计追踪…</translation>
        </message>
        <message>
            <source>Auer rods seen</source>
            <translation>可见奥氏小体</translation>
        </message>
        <message>
            <source>Backups…</source>
            <translation>备份…</translation>
        </message>
        <message>
            <source>Band</source>
            <translation>杆状核</translation>
        </message>
        <message>
            <source>Band neutrophil</source>
            <translation>中性杆状核粒细胞</translation>
        </message>
        <message>
            <source>Band neutrophils</source>
            <translation>中性杆状核粒细胞</translation>
        </message>
        <message>
            <source>Basophil</source>
            <translation>嗜碱性粒细胞</translation>
        </message>
        <message>
            <source>Basophilic stippling</source>
            <translation>嗜碱性点彩</translation>
        </message>
        <message>
            <source>Basophils</source>
            <translation>嗜碱性粒细胞</translation>
        </message>
        <message>
            <source>Basophils or eosinophils high together with left shift</source>
            <translation>嗜碱性或嗜酸性粒细胞增高伴核左移</translation>
        </message>
        <message>
            <source>Benign</source>
            <translation>良性</translation>
        </message>
        <message>
            <source>Bilobed nucleus</source>
            <translation>双叶核</translation>
        </message>
        <message>
            <source>Bite cells</source>
            <translation>咬痕红细胞</translation>
        </message>
        <message>
            <source>Blast</source>
            <translation>原始细胞</translation>
        </message>
        <message>
            <source>Blast or promonocyte</source>
            <translation>原始细胞或幼单核细胞</translation>
        </message>
        <message>
            <source>Blast with nuclear folding</source>
            <translation>核折叠的原始细胞</translation>
        </message>
        <message>
            <source>Blast-like cells neither opened nor labelled yet: {count}.</source>
            <translation>既未查看大图也未标注的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells not labelled by a reviewer yet: {count}.</source>
            <translation>尚无审核者标注的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells not opened yet: {count}.</source>
            <translation>尚未查看大图的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells that were not on the screen yet: {count}.</source>
            <translation>尚未在屏幕上显示过的原始细胞样细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Blast-like cells: {count} ({percent} of leukocytes). Look at each of them.</source>
            <translation>原始细胞样细胞：{count} 个（占白细胞 {percent}）。请逐一查看。</translation>
        </message>
        <message>
            <source>Blasts</source>
            <translation>原始细胞</translation>
        </message>
        <message>
            <source>Blasts and equivalents</source>
            <translation>原始细胞及等同细胞</translation>
        </message>
        <message>
            <source>Blasts and leukaemic cells</source>
            <translation>原始细胞与白血病细胞</translation>
        </message>
        <message>
            <source>Blasts or blast equivalents</source>
            <translation>原始细胞或原始细胞等同细胞</translation>
        </message>
        <message>
            <source>Blister cells</source>
            <translation>水泡红细胞</translation>
        </message>
        <message>
            <source>Blue of the nuclei, median</source>
            <translation>细胞核蓝色分量（中位数）</translation>
        </message>
        <message>
            <source>Brightness of the background, median</source>
            <translation>背景亮度（中位数）</translation>
        </message>
        <message>
            <source>Brought {name} back.</source>
            <translation>重新启用了 {name}。</translation>
        </message>
        <message>
            <source>Bundles of Auer rods (faggot cell)</source>
            <translation>束状奥氏小体（柴捆细胞）</translation>
        </message>
        <message>
            <source>CLL</source>
            <translation>CLL</translation>
        </message>
        <message>
            <source>CLL cell</source>
            <translation>CLL 细胞</translation>
        </message>
        <message>
            <source>CLL cells</source>
            <translation>CLL 细胞</translation>
        </message>
        <message>
            <source>CML</source>
            <translation>CML</translation>
        </message>
        <message>
            <source>CML cell</source>
            <translation>CML 细胞</translation>
        </message>
        <message>
            <source>CML cells</source>
            <translation>CML 细胞</translation>
        </message>
        <message>
            <source>CMML</source>
            <translation>CMML</translation>
        </message>
        <message>
            <source>CMML cell</source>
            <translation>CMML 细胞</translation>
        </message>
        <message>
            <source>CMML cells</source>
            <translation>CMML 细胞</translation>
        </message>
        <message>
            <source>Call record…</source>
            <translation>电话通知记录…</translation>
        </message>
        <message>
            <source>Cell</source>
            <translation>细胞</translation>
        </message>
        <message>
            <source>Cell area, median</source>
            <translation>细胞面积（中位数）</translation>
        </message>
        <message>
            <source>Cell cut by the edge</source>
            <translation>细胞被边缘截断</translation>
        </message>
        <message>
            <source>Cell of a mature lymphoid neoplasm</source>
            <translation>成熟淋巴肿瘤细胞</translation>
        </message>
        <message>
            <source>Cell or not</source>
            <translation>是否为细胞</translation>
        </message>
        <message>
            <source>Cell {cell:,} px ({cell_um:.1f} µm²) · nucleus {nucleus:,} px ({nucleus_um:.1f} µm²)</source>
            <translation>细胞 {cell:,} 像素（{cell_um:.1f} µm²）· 细胞核 {nucleus:,} 像素（{nucleus_um:.1f} µm²）</translation>
        </message>
        <message>
            <source>Cell {cell:,} px · nucleus {nucleus:,} px</source>
            <translation>细胞 {cell:,} 像素 · 细胞核 {nucleus:,} 像素</translation>
        </message>
        <message>
            <source>Cell {number}</source>
            <translation>细胞 {number}</translation>
        </message>
        <message>
            <source>Cells added</source>
            <translation>增加细胞</translation>
        </message>
        <message>
            <source>Cells are exported without names only.</source>
            <translation>细胞只能在不含名称的情况下导出。</translation>
        </message>
        <message>
            <source>Cells come sorted into classes, blasts first, the least certain on top. One key labels what is selected and goes on: Space accepts, B is a blast, L a lymphocyte. F1 shows every key.</source>
            <translation>细胞按类别排列，原始细胞在前，最不确定的排在最上面。按一个键即可标注所选细胞并转到下一个：空格键表示接受，B 为原始细胞，L 为淋巴细胞。按 F1 查看全部按键。</translation>
        </message>
        <message>
            <source>Cells imported after the signature, outside of this result: {count}.</source>
            <translation>签名后导入、不属于此结果的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells left unidentified without a comment that says why: {count}.</source>
            <translation>仍为未识别且未以备注说明原因的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells neither opened nor labelled yet: {count}.</source>
            <translation>既未查看大图也未标注的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells not labelled by a reviewer yet: {count}.</source>
            <translation>尚无审核者标注的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells not opened yet: {count}.</source>
            <translation>尚未查看大图的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells of slide {slide} whose image is gone: {count} of {total}. It cannot be signed without them.</source>
            <translation>玻片 {slide} 中图像缺失的细胞：{total} 个中的 {count} 个。缺少它们时无法签名。</translation>
        </message>
        <message>
            <source>Cells of slide {slide} whose image was changed since the import: {count} of {total}.</source>
            <translation>玻片 {slide} 中导入后图像已更改的细胞：{total} 个中的 {count} 个。</translation>
        </message>
        <message>
            <source>Cells segmented</source>
            <translation>已分割的细胞</translation>
        </message>
        <message>
            <source>Cells that were not on the screen yet: {count}.</source>
            <translation>尚未在屏幕上显示过的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells that were signed and are not in this slide: {count}. The signature does not hold for the rest.</source>
            <translation>已签名但不在此玻片中的细胞：{count} 个。签名对其余细胞无效。</translation>
        </message>
        <message>
            <source>Cells whose image cannot be read any more: {count}.</source>
            <translation>图像已无法读取的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Cells whose image was changed since the import: {count}.</source>
            <translation>导入后图像已更改的细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Central pallor more than a third of the diameter; the analyser's MCH is the better measure.</source>
            <translation>中央淡染区超过直径的三分之一；分析仪的 MCH 更可靠。</translation>
        </message>
        <message>
            <source>Champion and candidate are the same model.</source>
            <translation>当前模型与候选模型是同一个模型。</translation>
        </message>
        <message>
            <source>Change between brush and clicks.</source>
            <translation>在画笔与点击之间切换。</translation>
        </message>
        <message>
            <source>Changed after its export</source>
            <translation>导出后被更改</translation>
        </message>
        <message>
            <source>Changed the slide's details.</source>
            <translation>更改了玻片信息。</translation>
        </message>
        <message>
            <source>Check LEUKVIEW_DATABASE_URL.</source>
            <translation>请检查 LEUKVIEW_DATABASE_URL。</translation>
        </message>
        <message>
            <source>Check that its folder exists and that you may write there.</source>
            <translation>请检查其文件夹是否存在以及是否有写入权限。</translation>
        </message>
        <message>
            <source>Check the disk, and try again.</source>
            <translation>请检查磁盘后重试。</translation>
        </message>
        <message>
            <source>Check the disk; do not go on working on it.</source>
            <translation>请检查磁盘，勿继续使用。</translation>
        </message>
        <message>
            <source>Check the file, the space and the rights of the data folder.</source>
            <translation>请检查文件以及数据文件夹的空间和权限。</translation>
        </message>
        <message>
            <source>Check the key store of the system.</source>
            <translation>请检查系统的密钥库。</translation>
        </message>
        <message>
            <source>Check the rights of its folder.</source>
            <translation>请检查其文件夹的权限。</translation>
        </message>
        <message>
            <source>Check the rights of the configuration folder.</source>
            <translation>请检查配置文件夹的权限。</translation>
        </message>
        <message>
            <source>Check the space and the rights of the backups folder.</source>
            <translation>请检查备份文件夹的空间和权限。</translation>
        </message>
        <message>
            <source>Check the space and the rights of the folder.</source>
            <translation>请检查文件夹的空间和权限。</translation>
        </message>
        <message>
            <source>Checking the review log</source>
            <translation>正在核对审核日志</translation>
        </message>
        <message>
            <source>Checking the seals</source>
            <translation>正在检验封印</translation>
        </message>
        <message>
            <source>Checking the signed slides</source>
            <translation>正在检验已签名的玻片</translation>
        </message>
        <message>
            <source>Chinese, simplified</source>
            <translation>简体中文</translation>
        </message>
        <message>
            <source>Chinese, traditional</source>
            <translation>繁体中文</translation>
        </message>
        <message>
            <source>Choose a folder or a ZIP archive.</source>
            <translation>请选择文件夹或 ZIP 压缩包。</translation>
        </message>
        <message>
            <source>Choose a folder you may write to.</source>
            <translation>请选择可写入的文件夹。</translation>
        </message>
        <message>
            <source>Choose a name that nobody had yet.</source>
            <translation>请选择一个无人用过的姓名。</translation>
        </message>
        <message>
            <source>Choose another file.</source>
            <translation>请选择其他文件。</translation>
        </message>
        <message>
            <source>Choose another folder, or remove the earlier export.</source>
            <translation>请选择其他文件夹，或删除先前的导出。</translation>
        </message>
        <message>
            <source>Choose another folder.</source>
            <translation>请选择其他文件夹。</translation>
        </message>
        <message>
            <source>Choose another name.</source>
            <translation>请使用其他姓名。</translation>
        </message>
        <message>
            <source>Choose another one with the variable {variable}.</source>
            <translation>请用变量 {variable} 指定其他文件夹。</translation>
        </message>
        <message>
            <source>Choose another, or auto.</source>
            <translation>请选择其他设备，或选 auto。</translation>
        </message>
        <message>
            <source>Choose it again, or another, under Slide › Watch a folder.</source>
            <translation>请在“玻片 › 监视文件夹”中重新选择该文件夹或其他文件夹。</translation>
        </message>
        <message>
            <source>Choose the exported folder.</source>
            <translation>请选择导出的文件夹。</translation>
        </message>
        <message>
            <source>Choose the folder that the analyser exported, or one of its patients.</source>
            <translation>请选择分析仪导出的文件夹，或其中某位患者的文件夹。</translation>
        </message>
        <message>
            <source>Choose the torch engine.</source>
            <translation>请选择 torch 引擎。</translation>
        </message>
        <message>
            <source>Class changed</source>
            <translation>类别已更改</translation>
        </message>
        <message>
            <source>Class or patient?</source>
            <translation>类别还是患者？</translation>
        </message>
        <message>
            <source>Class-activation map</source>
            <translation>类激活图</translation>
        </message>
        <message>
            <source>Class-activation map: {stage} – {choice}. Shows what the model weighed, not disease.</source>
            <translation>类激活图：{stage} – {choice}。显示的是模型所关注的区域，而非病变。</translation>
        </message>
        <message>
            <source>Classified as {label} {percent} %.</source>
            <translation>分类为{label}，{percent}%。</translation>
        </message>
        <message>
            <source>Cleaved nucleus</source>
            <translation>核切迹</translation>
        </message>
        <message>
            <source>Close its windows, then restore.</source>
            <translation>请关闭其窗口后再恢复。</translation>
        </message>
        <message>
            <source>Close the other window, or try again in a moment.</source>
            <translation>请关闭另一窗口，或稍后再试。</translation>
        </message>
        <message>
            <source>Close the other windows of LeukView; the log is emptied with the last one.</source>
            <translation>请关闭 LeukView 的其他窗口；最后一个关闭时日志会清空。</translation>
        </message>
        <message>
            <source>Close the program; everything is saved already.</source>
            <translation>关闭程序；一切均已保存。</translation>
        </message>
        <message>
            <source>Code disagrees with folder</source>
            <translation>代码与文件夹不符</translation>
        </message>
        <message>
            <source>Cohen's κ, disagreements, consensus.</source>
            <translation>Cohen κ、分歧与共识。</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>Comment on the selected cells.</source>
            <translation>为所选细胞添加备注。</translation>
        </message>
        <message>
            <source>Comment on the slide</source>
            <translation>为玻片添加备注</translation>
        </message>
        <message>
            <source>Comment on the slide…</source>
            <translation>为玻片添加备注…</translation>
        </message>
        <message>
            <source>Comment on {cells}</source>
            <translation>为 {cells}添加备注</translation>
        </message>
        <message>
            <source>Commented on {about}: “{text}”</source>
            <translation>为 {about}添加备注：“{text}”</translation>
        </message>
        <message>
            <source>Comment…</source>
            <translation>备注…</translation>
        </message>
        <message>
            <source>Compare again.</source>
            <translation>请重新比较。</translation>
        </message>
        <message>
            <source>Compare it with texts.en.toml.</source>
            <translation>请与 texts.en.toml 对照。</translation>
        </message>
        <message>
            <source>Compare the models again.</source>
            <translation>请重新比较模型。</translation>
        </message>
        <message>
            <source>Compare the readers…</source>
            <translation>比较阅片者…</translation>
        </message>
        <message>
            <source>Compare this model first.</source>
            <translation>请先比较此模型。</translation>
        </message>
        <message>
            <source>Compare with the model in use.</source>
            <translation>请与当前使用的模型比较。</translation>
        </message>
        <message>
            <source>Compare…</source>
            <translation>对比…</translation>
        </message>
        <message>
            <source>Comparing models</source>
            <translation>正在比较模型</translation>
        </message>
        <message>
            <source>Confidence of the model, mean</source>
            <translation>模型置信度（均值）</translation>
        </message>
        <message>
            <source>Confirm the shown class of the selected cells and go to the next cell nobody reviewed.</source>
            <translation>确认所选细胞的所示类别，并转到下一个未审核的细胞。</translation>
        </message>
        <message>
            <source>Confirmed</source>
            <translation>确认</translation>
        </message>
        <message>
            <source>Confirmed {cells} as {label}.</source>
            <translation>确认：{cells}为{label}。</translation>
        </message>
        <message>
            <source>Consensus</source>
            <translation>共识</translation>
        </message>
        <message>
            <source>Copies or downloads have not ended; open the folder again when they have: {names}.</source>
            <translation>复制或下载尚未结束；请在结束后重新打开该文件夹：{names}。</translation>
        </message>
        <message>
            <source>Copy its archive again.</source>
            <translation>请重新复制其存档。</translation>
        </message>
        <message>
            <source>Copy their archive again.</source>
            <translation>请重新复制其存档。</translation>
        </message>
        <message>
            <source>Copying {name}</source>
            <translation>正在复制 {name}</translation>
        </message>
        <message>
            <source>Counts follow every key, each percentage with its exact interval. A click on a class shows its cells; cells can be dragged onto it.</source>
            <translation>每次按键后计数即时更新，每个百分比都附有精确置信区间。单击某一类别可显示其细胞；也可将细胞拖到该类别上。</translation>
        </message>
        <message>
            <source>Cover the window; the PIN, or another reviewer, goes on.</source>
            <translation>遮住窗口；输入 PIN 码或更换审核者后继续。</translation>
        </message>
        <message>
            <source>Cup-like nucleus</source>
            <translation>杯口状核</translation>
        </message>
        <message>
            <source>Cut by the edge of the picture</source>
            <translation>细胞被图像边缘截断</translation>
        </message>
        <message>
            <source>DOS, American</source>
            <translation>DOS（美国）</translation>
        </message>
        <message>
            <source>DOS, Cyrillic</source>
            <translation>DOS（西里尔文）</translation>
        </message>
        <message>
            <source>DOS, Western European</source>
            <translation>DOS（西欧）</translation>
        </message>
        <message>
            <source>Daily backup of slides, reviews, names and settings.</source>
            <translation>每日备份玻片、审核、姓名和设置。</translation>
        </message>
        <message>
            <source>Dark theme</source>
            <translation>深色主题</translation>
        </message>
        <message>
            <source>Delete its folder by hand.</source>
            <translation>请手动删除其文件夹。</translation>
        </message>
        <message>
            <source>Did again an action.</source>
            <translation>重做一项操作。</translation>
        </message>
        <message>
            <source>Did again no. {seq}: {text}</source>
            <translation>重做第 {seq} 号：{text}</translation>
        </message>
        <message>
            <source>Differential not valid</source>
            <translation>白细胞分类无效</translation>
        </message>
        <message>
            <source>Digits, letters and signs are all allowed.</source>
            <translation>数字、字母和符号均可使用。</translation>
        </message>
        <message>
            <source>Dimorphic population</source>
            <translation>双相性红细胞</translation>
        </message>
        <message>
            <source>Do again what was taken back.</source>
            <translation>重做已撤销的操作。</translation>
        </message>
        <message>
            <source>Draw it again.</source>
            <translation>请重新勾画。</translation>
        </message>
        <message>
            <source>Draw the outline right with brush or clicks; the cell is classified anew inside it.</source>
            <translation>用画笔或点击把轮廓改正；细胞随即按新轮廓重新分类。</translation>
        </message>
        <message>
            <source>Drawing synthetic cells</source>
            <translation>正在绘制合成细胞</translation>
        </message>
        <message>
            <source>Drop the outline of {cells}</source>
            <translation>弃用{cells}的修正轮廓</translation>
        </message>
        <message>
            <source>Duplicates</source>
            <translation>重复</translation>
        </message>
        <message>
            <source>Dysplastic erythroblast</source>
            <translation>病态造血有核红细胞</translation>
        </message>
        <message>
            <source>Dysplastic granulocyte</source>
            <translation>病态造血粒细胞</translation>
        </message>
        <message>
            <source>Döhle body</source>
            <translation>杜勒小体</translation>
        </message>
        <message>
            <source>Each opinion on its own line: analyser, model, reviewer. The tree shows the model's stages; what it was not trained for it does not assess. Q draws the outline, X the map of what the model weighed.</source>
            <translation>分析仪、模型与审核者的意见各占一行。树状图显示模型的各个阶段；未经训练的内容，模型不予评估。按 Q 显示轮廓，按 X 显示模型所关注区域的类激活图。</translation>
        </message>
        <message>
            <source>Echinocytes</source>
            <translation>锯齿状红细胞</translation>
        </message>
        <message>
            <source>Elliptocytes</source>
            <translation>椭圆形红细胞</translation>
        </message>
        <message>
            <source>Empty</source>
            <translation>空</translation>
        </message>
        <message>
            <source>Encoding of names</source>
            <translation>名称编码</translation>
        </message>
        <message>
            <source>End it first.</source>
            <translation>请先结束它。</translation>
        </message>
        <message>
            <source>Entry {seq} of {chain} is another one in the database than in the file: the database was changed, or the file is from another one.</source>
            <translation>{chain} 第 {seq} 条在数据库与文件中不同：数据库被更改，或文件来自其他数据库。</translation>
        </message>
        <message>
            <source>Entry {seq} of {chain}, which the file names, is missing in the database: the end was cut off, or an older copy was put back.</source>
            <translation>文件所列的 {chain} 第 {seq} 条在数据库中缺失：末尾被截去，或放回了较旧的副本。</translation>
        </message>
        <message>
            <source>Eosinophil</source>
            <translation>嗜酸性粒细胞</translation>
        </message>
        <message>
            <source>Eosinophils</source>
            <translation>嗜酸性粒细胞</translation>
        </message>
        <message>
            <source>Erased</source>
            <translation>已清除</translation>
        </message>
        <message>
            <source>Erased the slide and the content of {count} events: {reason}.</source>
            <translation>清除了玻片及 {count} 个事件的内容：{reason}。</translation>
        </message>
        <message>
            <source>Erythroblast</source>
            <translation>有核红细胞</translation>
        </message>
        <message>
            <source>Erythroblast (NRBC)</source>
            <translation>有核红细胞</translation>
        </message>
        <message>
            <source>Erythroblasts (NRBC)</source>
            <translation>有核红细胞</translation>
        </message>
        <message>
            <source>Erythroblasts: {count}, {value} per 100 WBC. Correct the white cell count if the counter did not.</source>
            <translation>有核红细胞：{count} 个，{value} / 100 WBC。若血细胞分析仪未校正，请校正白细胞计数。</translation>
        </message>
        <message>
            <source>Every action is written before the screen changes; undo reaches back without limit, also after a restart. Sign with Ctrl+Return when the slide is done, then export the report.</source>
            <translation>每一步操作都先写入、后显示；撤销次数不限，重新启动后仍可撤销。玻片审核完毕后按 Ctrl+Return 签名，然后导出报告。</translation>
        </message>
        <message>
            <source>Every event of the review log; export it.</source>
            <translation>审核日志的全部事件；可导出。</translation>
        </message>
        <message>
            <source>Every key that labels.</source>
            <translation>所有用于标注的按键。</translation>
        </message>
        <message>
            <source>Every key: look up, change, print as a card.</source>
            <translation>全部按键：查看、更改、打印成卡片。</translation>
        </message>
        <message>
            <source>Export corrections…</source>
            <translation>导出修正结果…</translation>
        </message>
        <message>
            <source>Export data…</source>
            <translation>导出数据…</translation>
        </message>
        <message>
            <source>Export it again.</source>
            <translation>请重新导出。</translation>
        </message>
        <message>
            <source>Export report…</source>
            <translation>导出报告…</translation>
        </message>
        <message>
            <source>Export the corrections again.</source>
            <translation>请重新导出更正。</translation>
        </message>
        <message>
            <source>Export without names, or on the workstation that imported the slide.</source>
            <translation>请不含名称导出，或在导入该玻片的工作站上导出。</translation>
        </message>
        <message>
            <source>Exported</source>
            <translation>已导出</translation>
        </message>
        <message>
            <source>Exported as {format}, {contents}; SHA-256 {sha256}.</source>
            <translation>已导出为 {format}，{contents}；SHA-256 {sha256}。</translation>
        </message>
        <message>
            <source>Exporting the patient</source>
            <translation>正在导出患者</translation>
        </message>
        <message>
            <source>Features raising suspicion of APL</source>
            <translation>疑似 APL 的形态特征</translation>
        </message>
        <message>
            <source>Features raising suspicion of a mature lymphoid neoplasm</source>
            <translation>提示成熟淋巴肿瘤可疑的特征</translation>
        </message>
        <message>
            <source>Features raising suspicion of acute leukaemia</source>
            <translation>提示急性白血病可疑的特征</translation>
        </message>
        <message>
            <source>Fetch it again.</source>
            <translation>请重新获取。</translation>
        </message>
        <message>
            <source>Files and folders of the system and hidden ones were passed over: {names}.</source>
            <translation>已跳过系统文件、系统文件夹及隐藏项目：{names}。</translation>
        </message>
        <message>
            <source>Files hold several pictures, of which only the first is read; save each as a file of its own: {names}.</source>
            <translation>文件中含有多张图片，只读取了第一张；请将每张另存为单独的文件：{names}。</translation>
        </message>
        <message>
            <source>Fit</source>
            <translation>适合窗口</translation>
        </message>
        <message>
            <source>Fit it again: leukview adapt.</source>
            <translation>请重新校准：leukview adapt。</translation>
        </message>
        <message>
            <source>Fitted to {cells} reviewed cells:</source>
            <translation>依据 {cells} 个已审核细胞校准：</translation>
        </message>
        <message>
            <source>For PostgreSQL install leukview[postgres].</source>
            <translation>使用 PostgreSQL 请安装 leukview[postgres]。</translation>
        </message>
        <message>
            <source>For Research Use Only. Not for use in diagnostic procedures.</source>
            <translation>仅供科研使用，不可用于诊断。</translation>
        </message>
        <message>
            <source>For instance malaria parasites: tell the laboratory at once.</source>
            <translation>例如疟原虫：请立即报告实验室。</translation>
        </message>
        <message>
            <source>Fragments, helmets, triangles, keratocytes; any number is reported. Over 1 % raises suspicion of thrombotic microangiopathy.</source>
            <translation>碎片、盔形、三角形、角形红细胞；无论多少均须报告。超过 1% 时应怀疑血栓性微血管病。</translation>
        </message>
        <message>
            <source>Free some space and try again.</source>
            <translation>请释放空间后重试。</translation>
        </message>
        <message>
            <source>Gathering corrections</source>
            <translation>正在收集更正</translation>
        </message>
        <message>
            <source>Gathering key cells</source>
            <translation>正在汇集代表性细胞</translation>
        </message>
        <message>
            <source>Gathering the slide</source>
            <translation>正在汇集玻片</translation>
        </message>
        <message>
            <source>Gave {name} a new PIN.</source>
            <translation>为 {name} 设定了新的 PIN 码。</translation>
        </message>
        <message>
            <source>Giant platelet</source>
            <translation>巨大血小板</translation>
        </message>
        <message>
            <source>Giant platelets</source>
            <translation>巨大血小板</translation>
        </message>
        <message>
            <source>Give one role the right “administer”.</source>
            <translation>请为一个角色授予“administer”权限。</translation>
        </message>
        <message>
            <source>Give the cell the whole window, and back.</source>
            <translation>让细胞占据整个窗口，再按一次返回。</translation>
        </message>
        <message>
            <source>Give the file a name that ends in .csv or .json.</source>
            <translation>文件名须以 .csv 或 .json 结尾。</translation>
        </message>
        <message>
            <source>Give the selected cells the class that the analyser gave them.</source>
            <translation>将所选细胞标为分析仪给出的类别。</translation>
        </message>
        <message>
            <source>Go to the next cell nobody reviewed.</source>
            <translation>转到下一个未审核的细胞。</translation>
        </message>
        <message>
            <source>Go to the one before.</source>
            <translation>转到上一个。</translation>
        </message>
        <message>
            <source>Grade red cells and platelets</source>
            <translation>为红细胞和血小板分级</translation>
        </message>
        <message>
            <source>Grade red cells and platelets.</source>
            <translation>为红细胞和血小板分级。</translation>
        </message>
        <message>
            <source>Graded</source>
            <translation>分级</translation>
        </message>
        <message>
            <source>Graded nothing.</source>
            <translation>未分级任何项目。</translation>
        </message>
        <message>
            <source>Graded {items}.</source>
            <translation>分级：{items}。</translation>
        </message>
        <message>
            <source>Granulocytes</source>
            <translation>粒细胞</translation>
        </message>
        <message>
            <source>Group by class</source>
            <translation>按类别分组</translation>
        </message>
        <message>
            <source>HCL</source>
            <translation>HCL</translation>
        </message>
        <message>
            <source>HCL cell</source>
            <translation>HCL 细胞</translation>
        </message>
        <message>
            <source>HCL cells</source>
            <translation>HCL 细胞</translation>
        </message>
        <message>
            <source>Had {cells} on the screen.</source>
            <translation>屏幕上显示过 {cells}。</translation>
        </message>
        <message>
            <source>Hairy projections</source>
            <translation>毛发状突起</translation>
        </message>
        <message>
            <source>Half of the cells differ in colour from the model's training films by more than {value} of validation cells do. Compare with the control film; trust the model less on this slide, above all blasts against smudge cells.</source>
            <translation>半数细胞的颜色与模型训练涂片的差异超过 {value} 的验证细胞。请与质控涂片比较；在此涂片上应降低对模型的信任，尤其是原始细胞与涂抹细胞的区分。</translation>
        </message>
        <message>
            <source>Heavily granulated promyelocyte</source>
            <translation>颗粒粗密的早幼粒细胞</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>帮助</translation>
        </message>
        <message>
            <source>Hidden (blind review)</source>
            <translation>已隐藏（盲法审核）</translation>
        </message>
        <message>
            <source>Hidden (second reading)</source>
            <translation>已隐藏（第二阅片）</translation>
        </message>
        <message>
            <source>Hidden name</source>
            <translation>隐藏名称</translation>
        </message>
        <message>
            <source>Hide the model's opinion</source>
            <translation>隐藏模型意见</translation>
        </message>
        <message>
            <source>High contrast</source>
            <translation>高对比度</translation>
        </message>
        <message>
            <source>Howell–Jolly bodies</source>
            <translation>豪-焦小体</translation>
        </message>
        <message>
            <source>Hypersegmented neutrophil</source>
            <translation>核分叶过多的中性粒细胞</translation>
        </message>
        <message>
            <source>Hypochromia</source>
            <translation>低色素</translation>
        </message>
        <message>
            <source>Hypogranular neutrophil</source>
            <translation>颗粒减少的中性粒细胞</translation>
        </message>
        <message>
            <source>Hypogranular platelets</source>
            <translation>颗粒减少的血小板</translation>
        </message>
        <message>
            <source>Images gone or changed</source>
            <translation>图像缺失或已更改</translation>
        </message>
        <message>
            <source>Immature</source>
            <translation>幼稚</translation>
        </message>
        <message>
            <source>Immature granulocyte</source>
            <translation>幼稚粒细胞</translation>
        </message>
        <message>
            <source>Immature granulocytes</source>
            <translation>幼稚粒细胞</translation>
        </message>
        <message>
            <source>Immature monocyte</source>
            <translation>幼稚单核细胞</translation>
        </message>
        <message>
            <source>Import and analyse what arrives in a folder; again to end it.</source>
            <translation>自动导入并分析进入某文件夹的玻片；再次选择则停止。</translation>
        </message>
        <message>
            <source>Import its folder again.</source>
            <translation>请重新导入其文件夹。</translation>
        </message>
        <message>
            <source>Imported</source>
            <translation>已导入</translation>
        </message>
        <message>
            <source>Imported as “{name}” ({code}).</source>
            <translation>导入时标注为“{name}”（{code}）。</translation>
        </message>
        <message>
            <source>Imported as “{name}”.</source>
            <translation>导入时标注为“{name}”。</translation>
        </message>
        <message>
            <source>Imported the review of slide {slide} from another workstation: {count} events, and the predictions of the models {models}.</source>
            <translation>已从其他工作站导入玻片 {slide} 的审核：{count} 个事件，以及模型 {models} 的预测。</translation>
        </message>
        <message>
            <source>Imported the review of slide {slide} from another workstation: {count} events.</source>
            <translation>已从其他工作站导入玻片 {slide} 的审核：{count} 个事件。</translation>
        </message>
        <message>
            <source>Imported without a label.</source>
            <translation>导入时无标注。</translation>
        </message>
        <message>
            <source>Imported.</source>
            <translation>已导入。</translation>
        </message>
        <message>
            <source>Importing slides</source>
            <translation>正在导入玻片</translation>
        </message>
        <message>
            <source>In classes.toml a class has the unknown entry “{name}”.</source>
            <translation>classes.toml 中有一个类别含有未知项“{name}”。</translation>
        </message>
        <message>
            <source>In classes.toml each class is a table [[classes]].</source>
            <translation>在 classes.toml 中，每个类别都是一个表 [[classes]]。</translation>
        </message>
        <message>
            <source>In classes.toml the class {key} has a value of the wrong kind.</source>
            <translation>在 classes.toml 中，类别 {key} 有一个值的类型不对。</translation>
        </message>
        <message>
            <source>In classes.toml the class {key} has the unknown parent “{parent}”.</source>
            <translation>classes.toml 中类别 {key} 的上级“{parent}”未知。</translation>
        </message>
        <message>
            <source>In classes.toml the table [folders] may hold texts only.</source>
            <translation>classes.toml 的表 [folders] 只能包含文本。</translation>
        </message>
        <message>
            <source>In classes.toml {name} of the class {key} is no list of texts.</source>
            <translation>classes.toml 中类别 {key} 的 {name} 不是文本列表。</translation>
        </message>
        <message>
            <source>In classes.toml {name} of the class {key} is no text.</source>
            <translation>在 classes.toml 中，类别 {key} 的 {name} 不是文本。</translation>
        </message>
        <message>
            <source>In classes.toml “{key}” cannot be the key of a class.</source>
            <translation>在 classes.toml 中，“{key}”不能作为类别的键。</translation>
        </message>
        <message>
            <source>In {name}, all entries are sealed.</source>
            <translation>{name}的全部条目均已加封。</translation>
        </message>
        <message>
            <source>In {name}, entries are sealed from no. {seq} on ({at}); what was changed before then cannot be found by seals.</source>
            <translation>{name}自第 {seq} 条（{at}）起加封；此前的更改无法由封印发现。</translation>
        </message>
        <message>
            <source>In {name}, entries {first} to {last} are missing: the end was cut off, or an older copy of the database was put back.</source>
            <translation>{name}缺少第 {first} 至 {last} 条：末尾被截去，或放回了较旧的数据库副本。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} is not the one that was sealed here: the entries were written anew, or another copy of the database was put back.</source>
            <translation>{name}的第 {seq} 条不是在此加封的那一条：条目被重新写过，或放回了数据库的另一副本。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} or one before it was changed or removed.</source>
            <translation>{name}的第 {seq} 条或其之前的条目被更改或删除。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} was missing or another one when work went on (noticed {at}): the end had been cut off, or an older copy been put back.</source>
            <translation>继续工作时，{name}的第 {seq} 条缺失或已不同（{at} 发现）：末尾曾被截去，或放回过较旧的副本。</translation>
        </message>
        <message>
            <source>In {name}, entry {seq} was written or changed outside of LeukView ({count} entries in all): its seal is missing or wrong.</source>
            <translation>{name}的第 {seq} 条是在 LeukView 之外写入或更改的（共 {count} 条）：其封印缺失或错误。</translation>
        </message>
        <message>
            <source>In {name}, {count} entries carry seals of other workstations.</source>
            <translation>{name}中有 {count} 条带有其他工作站的封印。</translation>
        </message>
        <message>
            <source>Install it again.</source>
            <translation>请重新安装。</translation>
        </message>
        <message>
            <source>Install leukview[torch], or choose the CPU.</source>
            <translation>请安装 leukview[torch]，或选择 CPU。</translation>
        </message>
        <message>
            <source>Install leukview[torch].</source>
            <translation>请安装 leukview[torch]。</translation>
        </message>
        <message>
            <source>Install one of {names}, or put a font's file into the folder report/fonts of LeukView's data folder.</source>
            <translation>请安装 {names} 之一，或将字体文件放入 LeukView 数据文件夹的 report/fonts。</translation>
        </message>
        <message>
            <source>Install one that fits.</source>
            <translation>请安装匹配的模型。</translation>
        </message>
        <message>
            <source>Install the extra part: leukview[sign].</source>
            <translation>请安装附加组件：leukview[sign]。</translation>
        </message>
        <message>
            <source>Install the model again.</source>
            <translation>请重新安装模型。</translation>
        </message>
        <message>
            <source>Install the program again.</source>
            <translation>请重新安装程序。</translation>
        </message>
        <message>
            <source>Install the published file.</source>
            <translation>请安装官方发布的文件。</translation>
        </message>
        <message>
            <source>Intracellular organism seen</source>
            <translation>可见胞内病原体</translation>
        </message>
        <message>
            <source>Intracellular organisms</source>
            <translation>胞内病原体</translation>
        </message>
        <message>
            <source>Irregularly contracted cells</source>
            <translation>不规则皱缩红细胞</translation>
        </message>
        <message>
            <source>It cannot be read any more.</source>
            <translation>该事件已无法读取。</translation>
        </message>
        <message>
            <source>It holds only images that are larger than a cell.</source>
            <translation>其中只有大于单个细胞的图像。</translation>
        </message>
        <message>
            <source>It is not known whether {names}{more} is a class of cells or a patient.</source>
            <translation>无法确定{names}{more}是细胞类别还是患者。</translation>
        </message>
        <message>
            <source>It may hold {names}.</source>
            <translation>其中可有 {names}。</translation>
        </message>
        <message>
            <source>It must be CSV in UTF-8.</source>
            <translation>必须是 UTF-8 编码的 CSV。</translation>
        </message>
        <message>
            <source>Its administrator backs up the server.</source>
            <translation>由其管理员备份服务器。</translation>
        </message>
        <message>
            <source>Its content was changed after it was written.</source>
            <translation>其内容在写入后被更改。</translation>
        </message>
        <message>
            <source>Japanese</source>
            <translation>日语</translation>
        </message>
        <message>
            <source>Joining the patient's slides</source>
            <translation>正在合并该患者的玻片</translation>
        </message>
        <message>
            <source>Judge where red cells lie side by side, not in the thick part.</source>
            <translation>请在红细胞单层平铺处判断，勿在涂片厚处判断。</translation>
        </message>
        <message>
            <source>Judged on {count} cells of patients kept aside.</source>
            <translation>以留出患者的 {count} 个细胞评判。</translation>
        </message>
        <message>
            <source>Keep the backups made before; do not delete them.</source>
            <translation>请保留先前的备份，不要删除。</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>Keys are kept by the system's key store.</source>
            <translation>密钥由系统的密钥库保存。</translation>
        </message>
        <message>
            <source>Keys are kept in files of this user ({folder}), because the system offers no key store: whoever can read this user's files can read them.</source>
            <translation>系统没有密钥库，密钥保存在该用户的文件中（{folder}）：能读取该用户文件的人也能读取密钥。</translation>
        </message>
        <message>
            <source>Keys below the gallery</source>
            <translation>在图库下方显示按键</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Known are embedded, {names}.</source>
            <translation>可用的有 embedded、{names}。</translation>
        </message>
        <message>
            <source>Known are {names}.</source>
            <translation>已知的有 {names}。</translation>
        </message>
        <message>
            <source>Known are {names}; keep the published file name.</source>
            <translation>可识别的有 {names}；请保留官方文件名。</translation>
        </message>
        <message>
            <source>Known cells</source>
            <translation>已有细胞</translation>
        </message>
        <message>
            <source>Known: {names}.</source>
            <translation>已知：{names}。</translation>
        </message>
        <message>
            <source>Korean</source>
            <translation>韩语</translation>
        </message>
        <message>
            <source>Label as</source>
            <translation>标注为</translation>
        </message>
        <message>
            <source>Label the cell as you see it.</source>
            <translation>请按所见标注细胞。</translation>
        </message>
        <message>
            <source>Label the selected cells: {label}.</source>
            <translation>将所选细胞标注为：{label}。</translation>
        </message>
        <message>
            <source>Labelled</source>
            <translation>标注</translation>
        </message>
        <message>
            <source>Labelled {cells} as {label} (shown before: {shown}).</source>
            <translation>将 {cells}标注为{label}（此前显示：{shown}）。</translation>
        </message>
        <message>
            <source>Labelled {cells} as {label}.</source>
            <translation>将 {cells}标注为{label}。</translation>
        </message>
        <message>
            <source>Labelled {given}.</source>
            <translation>标注：{given}。</translation>
        </message>
        <message>
            <source>Language: English</source>
            <translation>语言：English</translation>
        </message>
        <message>
            <source>Language: as the desktop</source>
            <translation>语言：跟随桌面</translation>
        </message>
        <message>
            <source>Language: 中文 (Chinese)</source>
            <translation>语言：中文</translation>
        </message>
        <message>
            <source>Large granular lymphocyte</source>
            <translation>大颗粒淋巴细胞</translation>
        </message>
        <message>
            <source>Large platelets</source>
            <translation>大血小板</translation>
        </message>
        <message>
            <source>Large view</source>
            <translation>大图</translation>
        </message>
        <message>
            <source>Larger than 8.5 µm; the analyser's MCV is the better measure.</source>
            <translation>直径大于 8.5 µm；分析仪的 MCV 更可靠。</translation>
        </message>
        <message>
            <source>Larger thumbnails</source>
            <translation>放大缩略图</translation>
        </message>
        <message>
            <source>Last 24 hours</source>
            <translation>最近 24 小时</translation>
        </message>
        <message>
            <source>Last 30 days</source>
            <translation>最近 30 天</translation>
        </message>
        <message>
            <source>Last 7 days</source>
            <translation>最近 7 天</translation>
        </message>
        <message>
            <source>Last year</source>
            <translation>最近一年</translation>
        </message>
        <message>
            <source>Lay the cell beside reference cells that this laboratory confirmed, or beside the other selected cells.</source>
            <translation>将该细胞与本实验室确认的参考细胞或其他所选细胞并排对比。</translation>
        </message>
        <message>
            <source>Layout</source>
            <translation>结构</translation>
        </message>
        <message>
            <source>Leave it out and try again.</source>
            <translation>请删去后重试。</translation>
        </message>
        <message>
            <source>Leave the names out.</source>
            <translation>请去掉名称。</translation>
        </message>
        <message>
            <source>Leave the outline as it was.</source>
            <translation>轮廓保持原样。</translation>
        </message>
        <message>
            <source>Left out, because the model has no such class: {count}.</source>
            <translation>因模型没有该类别而未使用：{count}。</translation>
        </message>
        <message>
            <source>Left out: {reasons}.</source>
            <translation>未包含：{reasons}。</translation>
        </message>
        <message>
            <source>Left shift</source>
            <translation>核左移</translation>
        </message>
        <message>
            <source>Left {label}; most probable: {best} {percent} %.</source>
            <translation>{label}；最可能为{best}，{percent}%。</translation>
        </message>
        <message>
            <source>Let an administrator give a new one.</source>
            <translation>请由管理员重新设定。</translation>
        </message>
        <message>
            <source>Let somebody do it who has the right; roles.toml says which roles have it.</source>
            <translation>请由有权限的人操作；roles.toml 列出了各角色的权限。</translation>
        </message>
        <message>
            <source>Let the segmenter's outline of {cells} stand again.</source>
            <translation>恢复使用{cells}的分割器轮廓。</translation>
        </message>
        <message>
            <source>LeukView is open on this data folder.</source>
            <translation>LeukView 正在使用此数据文件夹。</translation>
        </message>
        <message>
            <source>LeukView's folder “{folder}” cannot be made: {reason}.</source>
            <translation>无法创建 LeukView 的文件夹“{folder}”：{reason}。</translation>
        </message>
        <message>
            <source>LeukView: keys</source>
            <translation>LeukView：按键</translation>
        </message>
        <message>
            <source>Leukocyte</source>
            <translation>白细胞</translation>
        </message>
        <message>
            <source>Leukocytes counted: {count}, fewer than {minimum}. Give the reason for signing nevertheless.</source>
            <translation>计数白细胞 {count} 个，少于 {minimum} 个。请填写仍然签名的理由。</translation>
        </message>
        <message>
            <source>Leukocytes counted: {count}. At least {minimum} are needed for a signature.</source>
            <translation>计数白细胞 {count} 个。签名至少需要 {minimum} 个。</translation>
        </message>
        <message>
            <source>Leukocytes counted: {count}. Intervals are wide.</source>
            <translation>计数白细胞 {count} 个。置信区间较宽。</translation>
        </message>
        <message>
            <source>Licences of the program, its models and the libraries it uses.</source>
            <translation>程序、模型及所用程序库的许可证。</translation>
        </message>
        <message>
            <source>Licences…</source>
            <translation>许可证…</translation>
        </message>
        <message>
            <source>Light theme</source>
            <translation>浅色主题</translation>
        </message>
        <message>
            <source>Lineage</source>
            <translation>细胞系</translation>
        </message>
        <message>
            <source>Link</source>
            <translation>链接</translation>
        </message>
        <message>
            <source>Links were not followed; copy what they lead to into the folder: {names}.</source>
            <translation>未跟随链接；请将其指向的内容复制到该文件夹中：{names}。</translation>
        </message>
        <message>
            <source>Loading the class-activation map…</source>
            <translation>正在加载类激活图…</translation>
        </message>
        <message>
            <source>Loading the model</source>
            <translation>正在加载模型</translation>
        </message>
        <message>
            <source>Lock</source>
            <translation>锁定</translation>
        </message>
        <message>
            <source>Lock the window and let an administrator unlock it.</source>
            <translation>请锁定窗口，并由管理员解锁。</translation>
        </message>
        <message>
            <source>Look along the edges of the film as well.</source>
            <translation>请同时查看涂片边缘。</translation>
        </message>
        <message>
            <source>Look at it again, then sign.</source>
            <translation>请再次查看，然后签名。</translation>
        </message>
        <message>
            <source>Look at the models again.</source>
            <translation>请重新查看模型。</translation>
        </message>
        <message>
            <source>Looked at the alert “{title}”, not confirmed: {note}.</source>
            <translation>已查看警报“{title}”，未证实：{note}。</translation>
        </message>
        <message>
            <source>Looked at the class-activation map of {cells}.</source>
            <translation>查看了 {cells}的类激活图。</translation>
        </message>
        <message>
            <source>Looked at the class-activation map of {cells}: {stage} – {choice}.</source>
            <translation>查看了 {cells}的类激活图：{stage} – {choice}。</translation>
        </message>
        <message>
            <source>Looked at {cells} large.</source>
            <translation>查看了 {cells}的大图。</translation>
        </message>
        <message>
            <source>Lymphocyte</source>
            <translation>淋巴细胞</translation>
        </message>
        <message>
            <source>Lymphocytes</source>
            <translation>淋巴细胞</translation>
        </message>
        <message>
            <source>Lymphocytes and monocytes</source>
            <translation>淋巴细胞与单核细胞</translation>
        </message>
        <message>
            <source>Lymphocytes of the leukocytes</source>
            <translation>淋巴细胞占白细胞比例</translation>
        </message>
        <message>
            <source>Lymphoid</source>
            <translation>淋系</translation>
        </message>
        <message>
            <source>Lymphoid cell</source>
            <translation>淋巴系细胞</translation>
        </message>
        <message>
            <source>Lymphoid neoplasm</source>
            <translation>淋巴肿瘤</translation>
        </message>
        <message>
            <source>MDS</source>
            <translation>MDS</translation>
        </message>
        <message>
            <source>MDS cell</source>
            <translation>MDS 细胞</translation>
        </message>
        <message>
            <source>MDS cells</source>
            <translation>MDS 细胞</translation>
        </message>
        <message>
            <source>Macrocytes</source>
            <translation>大红细胞</translation>
        </message>
        <message>
            <source>Making the {method} map; this takes a few seconds…</source>
            <translation>正在生成 {method} 图，需要几秒钟…</translation>
        </message>
        <message>
            <source>Malignant</source>
            <translation>恶性</translation>
        </message>
        <message>
            <source>Malignant-looking cells: {count}. At least 10 are needed for a score of the slide. Look at these cells yourself.</source>
            <translation>形似恶性的细胞：{count} 个。计算玻片评分至少需要 10 个。请自行查看这些细胞。</translation>
        </message>
        <message>
            <source>Many erythroblasts (NRBC)</source>
            <translation>有核红细胞（NRBC）增多</translation>
        </message>
        <message>
            <source>Many smudge cells</source>
            <translation>涂抹细胞较多</translation>
        </message>
        <message>
            <source>Many unidentified cells</source>
            <translation>未识别细胞过多</translation>
        </message>
        <message>
            <source>Map</source>
            <translation>激活图</translation>
        </message>
        <message>
            <source>Map shown</source>
            <translation>显示激活图</translation>
        </message>
        <message>
            <source>Map: {stage} – {choice}. Shows what the model weighed, not disease.</source>
            <translation>激活图：{stage} – {choice}。显示的是模型所关注的区域，而非病变。</translation>
        </message>
        <message>
            <source>Mature</source>
            <translation>成熟</translation>
        </message>
        <message>
            <source>Maturity</source>
            <translation>成熟度</translation>
        </message>
        <message>
            <source>Measured the slide as a run of the reference slide.</source>
            <translation>将该玻片作为参考玻片测量一次。</translation>
        </message>
        <message>
            <source>Measuring stain and focus</source>
            <translation>正在测量染色与对焦</translation>
        </message>
        <message>
            <source>Mend grading.toml.</source>
            <translation>请修正 grading.toml。</translation>
        </message>
        <message>
            <source>Mend or remove alerts.toml.</source>
            <translation>请修正或删除 alerts.toml。</translation>
        </message>
        <message>
            <source>Mend or remove grading.toml.</source>
            <translation>请修正或移除 grading.toml。</translation>
        </message>
        <message>
            <source>Mend or remove it.</source>
            <translation>请修正或移除该文件。</translation>
        </message>
        <message>
            <source>Mend or remove phrases.toml.</source>
            <translation>请修正或移除 phrases.toml。</translation>
        </message>
        <message>
            <source>Mend or remove site.toml.</source>
            <translation>请修正或删除 site.toml。</translation>
        </message>
        <message>
            <source>Mend phrases.toml.</source>
            <translation>请修正 phrases.toml。</translation>
        </message>
        <message>
            <source>Mend the file.</source>
            <translation>请修正该文件。</translation>
        </message>
        <message>
            <source>Metamyelocyte</source>
            <translation>晚幼粒细胞</translation>
        </message>
        <message>
            <source>Metamyelocytes</source>
            <translation>晚幼粒细胞</translation>
        </message>
        <message>
            <source>Microcytes</source>
            <translation>小红细胞</translation>
        </message>
        <message>
            <source>Model {sha256}</source>
            <translation>模型 {sha256}</translation>
        </message>
        <message>
            <source>Model's class</source>
            <translation>模型的类别</translation>
        </message>
        <message>
            <source>Models…</source>
            <translation>模型…</translation>
        </message>
        <message>
            <source>Monocyte</source>
            <translation>单核细胞</translation>
        </message>
        <message>
            <source>Monocytes</source>
            <translation>单核细胞</translation>
        </message>
        <message>
            <source>Myelocyte</source>
            <translation>中幼粒细胞</translation>
        </message>
        <message>
            <source>Myelocytes</source>
            <translation>中幼粒细胞</translation>
        </message>
        <message>
            <source>Myeloid</source>
            <translation>髓系</translation>
        </message>
        <message>
            <source>N:C ratio, median</source>
            <translation>核质比（中位数）</translation>
        </message>
        <message>
            <source>Name a {names} file in the same folder.</source>
            <translation>请写同一文件夹中一个 {names} 文件的名称。</translation>
        </message>
        <message>
            <source>Name at least one class to draw.</source>
            <translation>请至少指定一个要绘制的类别。</translation>
        </message>
        <message>
            <source>Name the cells to compare on.</source>
            <translation>请指定用于比较的细胞。</translation>
        </message>
        <message>
            <source>Name the pseudonym that the worklist shows, such as P-2W8XK4TD.</source>
            <translation>请给出工作列表显示的假名，例如 P-2W8XK4TD。</translation>
        </message>
        <message>
            <source>Name twice</source>
            <translation>名称重复</translation>
        </message>
        <message>
            <source>Names are twice in the archive; of each the last picture is read: {names}.</source>
            <translation>压缩包中有重复的名称；每个名称只读取最后一张图片：{names}。</translation>
        </message>
        <message>
            <source>Names, roles and PINs; when the window locks itself.</source>
            <translation>姓名、角色与 PIN 码；窗口何时自动锁定。</translation>
        </message>
        <message>
            <source>Neutrophil</source>
            <translation>中性粒细胞</translation>
        </message>
        <message>
            <source>Neutrophils</source>
            <translation>中性粒细胞</translation>
        </message>
        <message>
            <source>Neutrophils of the leukocytes</source>
            <translation>中性粒细胞占白细胞比例</translation>
        </message>
        <message>
            <source>Next unreviewed</source>
            <translation>下一个未审核</translation>
        </message>
        <message>
            <source>No cell found in the picture</source>
            <translation>图像中未找到细胞</translation>
        </message>
        <message>
            <source>No class-activation map is kept for this cell. Analyse the slide again to have it back.</source>
            <translation>未保存该细胞的类激活图。重新分析玻片即可恢复。</translation>
        </message>
        <message>
            <source>No font for {texts} was found on this workstation.</source>
            <translation>本工作站没有适用于{texts}的字体。</translation>
        </message>
        <message>
            <source>No image of this slide can be measured.</source>
            <translation>该玻片没有可测量的图像。</translation>
        </message>
        <message>
            <source>No label</source>
            <translation>无标注</translation>
        </message>
        <message>
            <source>No labelled cells in {folder}.</source>
            <translation>{folder} 中没有带标签的细胞。</translation>
        </message>
        <message>
            <source>No other class-activation map can be made of this cell.</source>
            <translation>无法为该细胞生成其他类激活图。</translation>
        </message>
        <message>
            <source>No patient is kept aside yet: a site's own comparison needs two reviewed patients or more.</source>
            <translation>尚未留出任何患者：机构自行比较模型需要至少两位已审核的患者。</translation>
        </message>
        <message>
            <source>No permission</source>
            <translation>没有权限</translation>
        </message>
        <message>
            <source>No.</source>
            <translation>序号</translation>
        </message>
        <message>
            <source>None of its {count} images can be used.{reason}</source>
            <translation>其 {count} 张图像均无法使用。{reason}</translation>
        </message>
        <message>
            <source>None of the images in “{path}” can be used. {reason}</source>
            <translation>“{path}”中的图像均无法使用。{reason}</translation>
        </message>
        <message>
            <source>None of the slide's images can be exported: {reasons}</source>
            <translation>玻片的图像均无法导出：{reasons}</translation>
        </message>
        <message>
            <source>Not all is read</source>
            <translation>未全部读取</translation>
        </message>
        <message>
            <source>Not an image</source>
            <translation>不是图像</translation>
        </message>
        <message>
            <source>Not analysed yet</source>
            <translation>尚未分析</translation>
        </message>
        <message>
            <source>Not complete</source>
            <translation>不完整</translation>
        </message>
        <message>
            <source>Not labelled</source>
            <translation>无标注</translation>
        </message>
        <message>
            <source>Not on this computer</source>
            <translation>不在本机</translation>
        </message>
        <message>
            <source>Not readable</source>
            <translation>无法读取</translation>
        </message>
        <message>
            <source>Not reviewed yet</source>
            <translation>尚未审核</translation>
        </message>
        <message>
            <source>Nothing in this installation follows clicks.</source>
            <translation>此安装不支持点击修正。</translation>
        </message>
        <message>
            <source>Nothing to save</source>
            <translation>无需保存</translation>
        </message>
        <message>
            <source>Nothing to see</source>
            <translation>无可见内容</translation>
        </message>
        <message>
            <source>Nothing was changed.</source>
            <translation>未作任何更改。</translation>
        </message>
        <message>
            <source>Nucleus smudged, cannot identify</source>
            <translation>核涂抹，无法识别</translation>
        </message>
        <message>
            <source>ONNX Runtime does not run on “{device}” here.</source>
            <translation>ONNX Runtime 无法在此处的“{device}”上运行。</translation>
        </message>
        <message>
            <source>Of the system</source>
            <translation>系统文件</translation>
        </message>
        <message>
            <source>Often from storage or slow drying.</source>
            <translation>常由标本存放或干燥过慢所致。</translation>
        </message>
        <message>
            <source>On {at}, {actor} accepted the state of the database: “{reason}”. Found until then: {found}</source>
            <translation>{at}，{actor} 认可了数据库的状态：“{reason}”。此前发现：{found}</translation>
        </message>
        <message>
            <source>One cell, large</source>
            <translation>单个细胞大图</translation>
        </message>
        <message>
            <source>Only an administrator may do this.</source>
            <translation>只有管理员可以执行此操作。</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Open LeukView under the account that made them, or restore a backup with “leukview restore”.</source>
            <translation>请在创建它们的帐户下打开 LeukView，或用“leukview restore”恢复备份。</translation>
        </message>
        <message>
            <source>Open a ZIP file of an export.</source>
            <translation>打开导出数据的 ZIP 文件。</translation>
        </message>
        <message>
            <source>Open a folder exported from the analyser, or drop one here; Help › Open the demo slides writes synthetic ones. Names are replaced by pseudonyms, the folder is only read. For research use only.</source>
            <translation>打开分析仪导出的文件夹，或将其拖到此处；“帮助 › 打开演示玻片”会生成合成玻片。姓名会替换为假名，原文件夹只读取、不改动。仅供科研使用。</translation>
        </message>
        <message>
            <source>Open an exported folder.</source>
            <translation>打开导出的文件夹。</translation>
        </message>
        <message>
            <source>Open archive…</source>
            <translation>打开压缩包…</translation>
        </message>
        <message>
            <source>Open folder…</source>
            <translation>打开文件夹…</translation>
        </message>
        <message>
            <source>Open it with Slide › Open archive and choose the encoding.</source>
            <translation>请通过“玻片 › 打开压缩包”打开并选择编码。</translation>
        </message>
        <message>
            <source>Open its folder again and analyse it.</source>
            <translation>请重新打开其文件夹并分析。</translation>
        </message>
        <message>
            <source>Open its folder again.</source>
            <translation>请重新打开其文件夹。</translation>
        </message>
        <message>
            <source>Open the cell again and repair it anew.</source>
            <translation>请重新打开该细胞并再次修正。</translation>
        </message>
        <message>
            <source>Open the demo slides</source>
            <translation>打开演示玻片</translation>
        </message>
        <message>
            <source>Open the form again.</source>
            <translation>请重新打开分级表。</translation>
        </message>
        <message>
            <source>Open the list of disagreements again.</source>
            <translation>请重新打开分歧列表。</translation>
        </message>
        <message>
            <source>Open the list of reviewers again.</source>
            <translation>请重新打开审核者列表。</translation>
        </message>
        <message>
            <source>Open the slide of the cell and try again.</source>
            <translation>请打开该细胞所在的玻片后重试。</translation>
        </message>
        <message>
            <source>Open the slide's folder again.</source>
            <translation>请重新打开该玻片的文件夹。</translation>
        </message>
        <message>
            <source>Opened</source>
            <translation>查看大图</translation>
        </message>
        <message>
            <source>Opened the consensus on {cells} again (first reader: {first}, second reader: {second}).</source>
            <translation>将 {cells}的共识重新待定（第一阅片者：{first}，第二阅片者：{second}）。</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>检验单号</translation>
        </message>
        <message>
            <source>Other</source>
            <translation>其他</translation>
        </message>
        <message>
            <source>Other AML</source>
            <translation>其他 AML</translation>
        </message>
        <message>
            <source>Other cells</source>
            <translation>其他细胞</translation>
        </message>
        <message>
            <source>Out of focus</source>
            <translation>未对焦</translation>
        </message>
        <message>
            <source>Outline</source>
            <translation>轮廓</translation>
        </message>
        <message>
            <source>Outline repaired</source>
            <translation>轮廓已修正</translation>
        </message>
        <message>
            <source>Outline wrong</source>
            <translation>轮廓有误</translation>
        </message>
        <message>
            <source>Outlines are repaired in the first reading.</source>
            <translation>轮廓只在第一次阅片时修正。</translation>
        </message>
        <message>
            <source>Outside the count</source>
            <translation>不计入分类</translation>
        </message>
        <message>
            <source>Oval macrocytes</source>
            <translation>椭圆形大红细胞</translation>
        </message>
        <message>
            <source>Ovalocytes</source>
            <translation>卵圆形红细胞</translation>
        </message>
        <message>
            <source>Overridden</source>
            <translation>改判</translation>
        </message>
        <message>
            <source>Overviews</source>
            <translation>概览图</translation>
        </message>
        <message>
            <source>PCL</source>
            <translation>PCL</translation>
        </message>
        <message>
            <source>PCL cell</source>
            <translation>PCL 细胞</translation>
        </message>
        <message>
            <source>PCL cells</source>
            <translation>PCL 细胞</translation>
        </message>
        <message>
            <source>Pack the reviewed cells of signed slides as material for the next model.</source>
            <translation>将已签名玻片上已审核的细胞打包，作为下一个模型的训练材料。</translation>
        </message>
        <message>
            <source>Packing corrections</source>
            <translation>正在打包更正</translation>
        </message>
        <message>
            <source>Pappenheimer bodies</source>
            <translation>帕彭海姆小体</translation>
        </message>
        <message>
            <source>Patient</source>
            <translation>患者</translation>
        </message>
        <message>
            <source>Patient or order?</source>
            <translation>患者还是检验单？</translation>
        </message>
        <message>
            <source>Ph negative</source>
            <translation>Ph 阴性</translation>
        </message>
        <message>
            <source>Ph positive</source>
            <translation>Ph 阳性</translation>
        </message>
        <message>
            <source>Ph+ against Ph− ALL</source>
            <translation>Ph+ 与 Ph− ALL</translation>
        </message>
        <message>
            <source>Picture</source>
            <translation>图像</translation>
        </message>
        <message>
            <source>Pictures are in a cloud and not on this computer; have them downloaded and open the folder again: {names}.</source>
            <translation>图片在云端而不在本机；请下载后重新打开该文件夹：{names}。</translation>
        </message>
        <message>
            <source>Pictures are marked as transparent throughout; the mark is ignored: {names}.</source>
            <translation>图片被标记为完全透明；已忽略该标记：{names}。</translation>
        </message>
        <message>
            <source>Pictures carry a mark to be rotated, which is not followed: {names}.</source>
            <translation>图片带有旋转标记，未予执行：{names}。</translation>
        </message>
        <message>
            <source>Pictures have pixels without a value, which are shown black: {names}.</source>
            <translation>图片中有无值的像素，显示为黑色：{names}。</translation>
        </message>
        <message>
            <source>Pictures show next to nothing, one colour throughout: {names}.</source>
            <translation>图片几乎无内容，整幅为单一颜色：{names}。</translation>
        </message>
        <message>
            <source>Pictures whose names begin with a dot are hidden elsewhere; they are read: {names}.</source>
            <translation>名称以点开头的图片在其他程序中是隐藏的；此处已读取：{names}。</translation>
        </message>
        <message>
            <source>Plasma cell</source>
            <translation>浆细胞</translation>
        </message>
        <message>
            <source>Plasma cells</source>
            <translation>浆细胞</translation>
        </message>
        <message>
            <source>Plasmacytoid lymphocyte</source>
            <translation>浆细胞样淋巴细胞</translation>
        </message>
        <message>
            <source>Platelet</source>
            <translation>血小板</translation>
        </message>
        <message>
            <source>Platelet clump</source>
            <translation>血小板聚集</translation>
        </message>
        <message>
            <source>Platelet clumps</source>
            <translation>血小板聚集</translation>
        </message>
        <message>
            <source>Platelet estimate</source>
            <translation>血小板数量估计</translation>
        </message>
        <message>
            <source>Platelet on a red cell</source>
            <translation>血小板叠于红细胞上</translation>
        </message>
        <message>
            <source>Platelet satellitism</source>
            <translation>血小板卫星现象</translation>
        </message>
        <message>
            <source>Platelets</source>
            <translation>血小板</translation>
        </message>
        <message>
            <source>Poikilocytosis</source>
            <translation>异形红细胞增多</translation>
        </message>
        <message>
            <source>Polychromasia</source>
            <translation>嗜多色性</translation>
        </message>
        <message>
            <source>Poor stain</source>
            <translation>染色不良</translation>
        </message>
        <message>
            <source>Previous unreviewed</source>
            <translation>上一个未审核</translation>
        </message>
        <message>
            <source>Prolymphocyte</source>
            <translation>幼淋巴细胞</translation>
        </message>
        <message>
            <source>Prolymphocytes</source>
            <translation>幼淋巴细胞</translation>
        </message>
        <message>
            <source>Promonocyte</source>
            <translation>幼单核细胞</translation>
        </message>
        <message>
            <source>Promonocytes</source>
            <translation>幼单核细胞</translation>
        </message>
        <message>
            <source>Promyelocyte</source>
            <translation>早幼粒细胞</translation>
        </message>
        <message>
            <source>Promyelocytes</source>
            <translation>早幼粒细胞</translation>
        </message>
        <message>
            <source>Promyelocytes: {count} ({percent} of leukocytes). Name those that are abnormal “abnormal promyelocyte”.</source>
            <translation>早幼粒细胞：{count} 个（占白细胞 {percent}）。形态异常者请标记为“异常早幼粒细胞”。</translation>
        </message>
        <message>
            <source>Pseudo-Pelger–Huët nucleus</source>
            <translation>假性 Pelger-Huët 核</translation>
        </message>
        <message>
            <source>Put back a copy from the backups folder.</source>
            <translation>请从备份文件夹中恢复副本。</translation>
        </message>
        <message>
            <source>Put back a copy of models.db.</source>
            <translation>请恢复 models.db 的副本。</translation>
        </message>
        <message>
            <source>Put back a copy with “leukview restore”.</source>
            <translation>请用“leukview restore”恢复副本。</translation>
        </message>
        <message>
            <source>Put each value in quotes.</source>
            <translation>请将每个值放在引号内。</translation>
        </message>
        <message>
            <source>Put each value of site.toml in quotes.</source>
            <translation>请将 site.toml 中的每个值放在引号内。</translation>
        </message>
        <message>
            <source>Put identity.key back from a backup of the LeukView folder.</source>
            <translation>请从 LeukView 文件夹的备份中恢复 identity.key。</translation>
        </message>
        <message>
            <source>Put it in quotes.</source>
            <translation>请加上引号。</translation>
        </message>
        <message>
            <source>Put its folder back from a copy, or roll back: leukview models rollback.</source>
            <translation>请从副本恢复其文件夹，或回退：leukview models rollback。</translation>
        </message>
        <message>
            <source>Put leukview.db back, or restore a backup with “leukview restore FILE --replace”.</source>
            <translation>请放回 leukview.db，或用“leukview restore FILE --replace”恢复备份。</translation>
        </message>
        <message>
            <source>Put the file of the analyser's export back in its place.</source>
            <translation>请将分析仪导出的文件放回原处。</translation>
        </message>
        <message>
            <source>Putting the files in place</source>
            <translation>正在放置文件</translation>
        </message>
        <message>
            <source>Quality control…</source>
            <translation>质量控制…</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>退出</translation>
        </message>
        <message>
            <source>Reactive lymphocyte</source>
            <translation>反应性淋巴细胞</translation>
        </message>
        <message>
            <source>Read the slide again.</source>
            <translation>请重新读取该玻片。</translation>
        </message>
        <message>
            <source>Read the slide blinded to the first reader and the model, with labels of your own.</source>
            <translation>在看不到第一阅片者和模型结果的情况下独立阅片并标注。</translation>
        </message>
        <message>
            <source>Reading reviews</source>
            <translation>正在读取审核记录</translation>
        </message>
        <message>
            <source>Reading the export</source>
            <translation>正在读取导出数据</translation>
        </message>
        <message>
            <source>Reading the reference atlas</source>
            <translation>正在读取参考图谱</translation>
        </message>
        <message>
            <source>Reading the reviewed cells</source>
            <translation>正在读取已审核细胞</translation>
        </message>
        <message>
            <source>Reading the worklist</source>
            <translation>正在读取工作列表</translation>
        </message>
        <message>
            <source>Red cells and platelets…</source>
            <translation>红细胞与血小板…</translation>
        </message>
        <message>
            <source>Red cells: inclusions and arrangement</source>
            <translation>红细胞：内含物与排列</translation>
        </message>
        <message>
            <source>Red cells: shape</source>
            <translation>红细胞：形态</translation>
        </message>
        <message>
            <source>Red cells: size and colour</source>
            <translation>红细胞：大小与染色</translation>
        </message>
        <message>
            <source>Red of the nuclei, median</source>
            <translation>细胞核红色分量（中位数）</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <source>Reference run</source>
            <translation>参考测量</translation>
        </message>
        <message>
            <source>Refresh</source>
            <translation>刷新</translation>
        </message>
        <message>
            <source>Remarks: {flags}.</source>
            <translation>提示：{flags}。</translation>
        </message>
        <message>
            <source>Remove it, or mend its spelling.</source>
            <translation>请删除，或更正拼写。</translation>
        </message>
        <message>
            <source>Remove it.</source>
            <translation>请删除。</translation>
        </message>
        <message>
            <source>Remove “{passage}”; only .typ files of the report can be imported, by name.</source>
            <translation>请删除“{passage}”；只能按名称导入报告的 .typ 文件。</translation>
        </message>
        <message>
            <source>Removed the comment on {about}.</source>
            <translation>删除了 {about}的备注。</translation>
        </message>
        <message>
            <source>Rename it, or open a copy under another name.</source>
            <translation>请重命名，或以其他名称打开副本。</translation>
        </message>
        <message>
            <source>Renamed {name} to {new_name}.</source>
            <translation>将 {name} 更名为 {new_name}。</translation>
        </message>
        <message>
            <source>Reopen a signed slide, with a reason.</source>
            <translation>说明理由后重新打开已签名的玻片。</translation>
        </message>
        <message>
            <source>Reopen it with a reason to change it.</source>
            <translation>如需更改，请说明理由后重新打开。</translation>
        </message>
        <message>
            <source>Reopened</source>
            <translation>重新打开</translation>
        </message>
        <message>
            <source>Reopened for an amendment: {reason}.</source>
            <translation>为修订而重新打开：{reason}。</translation>
        </message>
        <message>
            <source>Repair the outline</source>
            <translation>修正轮廓</translation>
        </message>
        <message>
            <source>Repair the outline of {cells}</source>
            <translation>修正 {cells}的轮廓</translation>
        </message>
        <message>
            <source>Repair: background</source>
            <translation>修正：背景</translation>
        </message>
        <message>
            <source>Repair: brush or clicks</source>
            <translation>修正：画笔或点击</translation>
        </message>
        <message>
            <source>Repair: cytoplasm</source>
            <translation>修正：细胞质</translation>
        </message>
        <message>
            <source>Repair: larger brush</source>
            <translation>修正：放大画笔</translation>
        </message>
        <message>
            <source>Repair: leave</source>
            <translation>修正：放弃</translation>
        </message>
        <message>
            <source>Repair: nucleus</source>
            <translation>修正：细胞核</translation>
        </message>
        <message>
            <source>Repair: smaller brush</source>
            <translation>修正：缩小画笔</translation>
        </message>
        <message>
            <source>Repaired by {who}, {at}</source>
            <translation>由 {who} 修正，{at}</translation>
        </message>
        <message>
            <source>Repaired the outline of {cells} by {methods} ({refiner}); mask {sha256}.</source>
            <translation>用{methods}修正了{cells}的轮廓（{refiner}）；轮廓 {sha256}。</translation>
        </message>
        <message>
            <source>Repaired the outline of {cells} by {methods}; mask {sha256}.</source>
            <translation>用{methods}修正了{cells}的轮廓；轮廓 {sha256}。</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>报告</translation>
        </message>
        <message>
            <source>Reports, JSON, FHIR and HL7 exports and anchors do, if the log was not empty.</source>
            <translation>若日志不为空，报告、JSON、FHIR 与 HL7 导出以及锚定文件中均有。</translation>
        </message>
        <message>
            <source>Restore a backup with “leukview restore”.</source>
            <translation>请用“leukview restore”恢复备份。</translation>
        </message>
        <message>
            <source>Restore into an empty folder, or add --replace: what is there is then kept beside.</source>
            <translation>请恢复到空文件夹，或加上 --replace：现有内容将另行保留。</translation>
        </message>
        <message>
            <source>Results of LeukView</source>
            <translation>LeukView 的结果</translation>
        </message>
        <message>
            <source>Results of LeukView itself were left out: {names}.</source>
            <translation>已略去 LeukView 自身的结果：{names}。</translation>
        </message>
        <message>
            <source>Retired {name}.</source>
            <translation>停用了 {name}。</translation>
        </message>
        <message>
            <source>Review</source>
            <translation>审核</translation>
        </message>
        <message>
            <source>Review and sign slides first.</source>
            <translation>请先审核并签名玻片。</translation>
        </message>
        <message>
            <source>Review blind to the model.</source>
            <translation>对模型设盲审核。</translation>
        </message>
        <message>
            <source>Review more cells.</source>
            <translation>请审核更多细胞。</translation>
        </message>
        <message>
            <source>Review of the differential by a person</source>
            <translation>分类计数经人工审核</translation>
        </message>
        <message>
            <source>Reviewed and released for research use</source>
            <translation>已审核并放行，供科研使用</translation>
        </message>
        <message>
            <source>Reviewer</source>
            <translation>审核者</translation>
        </message>
        <message>
            <source>Reviewer's mask {sha256}.</source>
            <translation>审核者的轮廓 {sha256}。</translation>
        </message>
        <message>
            <source>Reviewers…</source>
            <translation>审核者…</translation>
        </message>
        <message>
            <source>Rouleaux</source>
            <translation>缗钱状排列</translation>
        </message>
        <message>
            <source>Save it as a text file in UTF-8, or remove it from LeukView's folder.</source>
            <translation>请将其保存为 UTF-8 文本文件，或从 LeukView 的文件夹中移除。</translation>
        </message>
        <message>
            <source>Say it with --class “{name}=CLASS” (or patient, or leave out), or open it in the window, which asks.</source>
            <translation>请用 --class “{name}=类别”（或 patient、leave out）说明，或在窗口中打开，窗口会询问。</translation>
        </message>
        <message>
            <source>Say “patient”, “leave out” or one of {keys}.</source>
            <translation>请填写“patient”、“leave out”或以下之一：{keys}。</translation>
        </message>
        <message>
            <source>Scale not known</source>
            <translation>比例尺未知</translation>
        </message>
        <message>
            <source>Scale {value} µm per pixel</source>
            <translation>比例尺 {value} µm/像素</translation>
        </message>
        <message>
            <source>Schistocytes</source>
            <translation>裂红细胞</translation>
        </message>
        <message>
            <source>Score of the film {value}, cells concerned: {count}. Among patients whom the model had not seen, scores this high were found in {sensitivity} of those with a lymphoid neoplasm; {specificity} of those without had lower ones. Among reactive lymphocytoses alone it is wrong more often: see the model card.</source>
            <translation>涂片评分 {value}，涉及细胞：{count}。在模型未见过的患者中，{sensitivity} 的淋巴肿瘤患者达到此评分；{specificity} 的其他患者评分更低。仅在反应性淋巴细胞增多的患者中，误报更多：见模型说明。</translation>
        </message>
        <message>
            <source>Score of the film {value}, cells concerned: {count}. Among patients whom the model had not seen, scores this high were found in {sensitivity} of those with acute leukaemia; {specificity} of those without had lower ones.</source>
            <translation>涂片评分 {value}，涉及细胞：{count}。在模型未见过的患者中，{sensitivity} 的急性白血病患者达到此评分；{specificity} 的其他患者评分更低。</translation>
        </message>
        <message>
            <source>Score of the film {value}, cells concerned: {count}. Among patients whom the model had not seen, {sensitivity} of those with APL had scores this high; {specificity} of those without had lower ones. Look for abnormal promyelocytes and Auer rods.</source>
            <translation>涂片评分 {value}，涉及细胞：{count}。在模型未见过的患者中，{sensitivity} 的 APL 患者达到此评分；{specificity} 的非 APL 患者评分更低。请寻找异常早幼粒细胞和 Auer 小体。</translation>
        </message>
        <message>
            <source>Second reader</source>
            <translation>第二阅片者</translation>
        </message>
        <message>
            <source>Second reading</source>
            <translation>第二阅片</translation>
        </message>
        <message>
            <source>Second reading, blinded to the first reader and the model</source>
            <translation>第二阅片（对第一阅片者和模型设盲）</translation>
        </message>
        <message>
            <source>Second reading: {text}</source>
            <translation>第二阅片：{text}</translation>
        </message>
        <message>
            <source>Seen</source>
            <translation>已显示</translation>
        </message>
        <message>
            <source>Segment Anything is not installed.</source>
            <translation>未安装 Segment Anything。</translation>
        </message>
        <message>
            <source>Segmented</source>
            <translation>分叶核</translation>
        </message>
        <message>
            <source>Segmented neutrophil</source>
            <translation>中性分叶核粒细胞</translation>
        </message>
        <message>
            <source>Segmented neutrophils</source>
            <translation>中性分叶核粒细胞</translation>
        </message>
        <message>
            <source>Segmenter {name}.</source>
            <translation>分割器 {name}。</translation>
        </message>
        <message>
            <source>Select all</source>
            <translation>全选</translation>
        </message>
        <message>
            <source>Select every cell of this class.</source>
            <translation>选择该类别的全部细胞。</translation>
        </message>
        <message>
            <source>Select every cell shown.</source>
            <translation>选择所示的全部细胞。</translation>
        </message>
        <message>
            <source>Select the group</source>
            <translation>选择整组</translation>
        </message>
        <message>
            <source>Set the variable LOGNAME to another one.</source>
            <translation>请将变量 LOGNAME 设为其他名称。</translation>
        </message>
        <message>
            <source>Set the variable LOGNAME to the name to be logged.</source>
            <translation>请将变量 LOGNAME 设为要记录的名称。</translation>
        </message>
        <message>
            <source>Setting the report</source>
            <translation>正在排版报告</translation>
        </message>
        <message>
            <source>Settled {cells} as {label} (first reader: {first}, second reader: {second}).</source>
            <translation>{cells}的共识为{label}（第一阅片者：{first}，第二阅片者：{second}）。</translation>
        </message>
        <message>
            <source>Sharpness (variance of the Laplacian), median</source>
            <translation>清晰度（拉普拉斯方差，中位数）</translation>
        </message>
        <message>
            <source>Show the outline of cell and nucleus.</source>
            <translation>显示细胞与细胞核的轮廓。</translation>
        </message>
        <message>
            <source>Show what the model weighed; recorded.</source>
            <translation>显示模型所关注的区域；使用会被记录。</translation>
        </message>
        <message>
            <source>Sickle cells</source>
            <translation>镰形红细胞</translation>
        </message>
        <message>
            <source>Sign</source>
            <translation>签名</translation>
        </message>
        <message>
            <source>Sign in as a reviewer.</source>
            <translation>请以审核人员身份登录。</translation>
        </message>
        <message>
            <source>Sign the review; the slide becomes read-only.</source>
            <translation>为审核结果签名；玻片变为只读。</translation>
        </message>
        <message>
            <source>Sign with your own name.</source>
            <translation>请用您自己的姓名签名。</translation>
        </message>
        <message>
            <source>Signed</source>
            <translation>已签名</translation>
        </message>
        <message>
            <source>Signed already</source>
            <translation>已签名</translation>
        </message>
        <message>
            <source>Signed as {name}: {meaning}.</source>
            <translation>由 {name} 签名：{meaning}。</translation>
        </message>
        <message>
            <source>Signed as {name}: {meaning}; reason for few leukocytes: {reason}.</source>
            <translation>由 {name} 签名：{meaning}；白细胞计数偏少的理由：{reason}。</translation>
        </message>
        <message>
            <source>Sign…</source>
            <translation>签名…</translation>
        </message>
        <message>
            <source>Similar name</source>
            <translation>名称相似</translation>
        </message>
        <message>
            <source>Slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>Slide details</source>
            <translation>玻片信息</translation>
        </message>
        <message>
            <source>Slide details…</source>
            <translation>玻片信息…</translation>
        </message>
        <message>
            <source>Slide {slide} is signed. Cells of this folder that are new: {count}. They stay outside of the signature and of every result until the slide is reopened.</source>
            <translation>玻片 {slide} 已签名。此文件夹中的新细胞：{count} 个。在重新打开玻片之前，它们不属于该签名，也不计入任何结果。</translation>
        </message>
        <message>
            <source>Slide {slide} is signed. Cells with a new label of the analyser: {count}. These labels are left out.</source>
            <translation>玻片 {slide} 已签名。分析仪给出新标签的细胞：{count} 个。这些标签不予采用。</translation>
        </message>
        <message>
            <source>Slide {slide} is signed. New cells: {count}; they stay outside of the signature until it is reopened. Cells with a new label of the analyser: {relabelled}; these labels are left out.</source>
            <translation>玻片 {slide} 已签名。新细胞：{count} 个；在重新打开之前，它们不属于该签名。分析仪给出新标签的细胞：{relabelled} 个；这些标签不予采用。</translation>
        </message>
        <message>
            <source>Slide {slide}, signed by {name} on {at}, was changed since: {changes}.</source>
            <translation>玻片 {slide} 由 {name} 于 {at} 签名，此后发生更改：{changes}。</translation>
        </message>
        <message>
            <source>Smaller than the nucleus of a small lymphocyte; the analyser's MCV is the better measure.</source>
            <translation>小于小淋巴细胞的核；分析仪的 MCV 更可靠。</translation>
        </message>
        <message>
            <source>Smaller thumbnails</source>
            <translation>缩小缩略图</translation>
        </message>
        <message>
            <source>Smudge cell</source>
            <translation>涂抹细胞</translation>
        </message>
        <message>
            <source>Smudge cells</source>
            <translation>涂抹细胞</translation>
        </message>
        <message>
            <source>Smudge cells: {count}, {value} per 100 WBC. Consider an albumin smear.</source>
            <translation>涂抹细胞：{count} 个，{value} / 100 WBC。可考虑加白蛋白制片。</translation>
        </message>
        <message>
            <source>Spherocytes</source>
            <translation>球形红细胞</translation>
        </message>
        <message>
            <source>Stage “{stage}” was not trained: not assessed by this model.</source>
            <translation>阶段“{stage}”未经训练：本模型不评估。</translation>
        </message>
        <message>
            <source>Stage “{stage}” was trained without: {names}.</source>
            <translation>阶段“{stage}”的训练数据中没有：{names}。</translation>
        </message>
        <message>
            <source>Stain deposit</source>
            <translation>染料沉渣</translation>
        </message>
        <message>
            <source>Stain unlike the training films</source>
            <translation>染色与训练涂片不同</translation>
        </message>
        <message>
            <source>Statement {number} about the seals was changed.</source>
            <translation>关于封印的第 {number} 条声明被更改。</translation>
        </message>
        <message>
            <source>Stomatocytes</source>
            <translation>口形红细胞</translation>
        </message>
        <message>
            <source>Synthetic cells to try the program on.</source>
            <translation>用于试用程序的合成细胞。</translation>
        </message>
        <message>
            <source>Tails that all point one way come from spreading.</source>
            <translation>尾部均朝同一方向者为推片所致。</translation>
        </message>
        <message>
            <source>Take a wrong import out of the worklist, with a reason; again to take it back.</source>
            <translation>将错误导入的玻片移出工作列表并说明理由；再次执行可取回。</translation>
        </message>
        <message>
            <source>Take back the last action, without limit.</source>
            <translation>撤销上一步操作，次数不限。</translation>
        </message>
        <message>
            <source>Take in what another program wrote to this slide.</source>
            <translation>读入其他程序写入该玻片的内容。</translation>
        </message>
        <message>
            <source>Take the analyser's class</source>
            <translation>采用分析仪的类别</translation>
        </message>
        <message>
            <source>Taking a model back needs a reason.</source>
            <translation>回退模型需要说明原因。</translation>
        </message>
        <message>
            <source>Target cells</source>
            <translation>靶形红细胞</translation>
        </message>
        <message>
            <source>Teardrop cells</source>
            <translation>泪滴形红细胞</translation>
        </message>
        <message>
            <source>Tell the first reader.</source>
            <translation>请告知第一阅片者。</translation>
        </message>
        <message>
            <source>The LOINC code {names} has a wrong check digit.</source>
            <translation>LOINC 代码 {names} 的校验位错误。</translation>
        </message>
        <message>
            <source>The PIN is wrong.</source>
            <translation>PIN 码错误。</translation>
        </message>
        <message>
            <source>The PIN of this reviewer is damaged.</source>
            <translation>该审核者的 PIN 码数据已损坏。</translation>
        </message>
        <message>
            <source>The address of the database cannot be used.</source>
            <translation>数据库地址无法使用。</translation>
        </message>
        <message>
            <source>The alert rule “{rule}” uses the unknown word {names}.</source>
            <translation>警示规则“{rule}”使用了未知词 {names}。</translation>
        </message>
        <message>
            <source>The alert rules cannot be read: {reason}.</source>
            <translation>警示规则无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The alert “{title}” is not acknowledged.</source>
            <translation>警示“{title}”尚未确认。</translation>
        </message>
        <message>
            <source>The answers cannot be kept here.</source>
            <translation>此处无法保存答案。</translation>
        </message>
        <message>
            <source>The answers cannot be written into {name}: {reason}.</source>
            <translation>无法将答案写入 {name}：{reason}。</translation>
        </message>
        <message>
            <source>The archive holds more than {limit} entries.</source>
            <translation>压缩包中的条目超过 {limit} 个。</translation>
        </message>
        <message>
            <source>The archive would unpack to more than 8 GB.</source>
            <translation>压缩包解压后将超过 8 GB。</translation>
        </message>
        <message>
            <source>The archive “{name}” is damaged.</source>
            <translation>压缩包“{name}”已损坏。</translation>
        </message>
        <message>
            <source>The archive's entry “{name}” was refused: {reason}.</source>
            <translation>压缩包中的“{name}”被拒绝：{reason}。</translation>
        </message>
        <message>
            <source>The backup cannot be restored: {reason}.</source>
            <translation>无法恢复备份：{reason}。</translation>
        </message>
        <message>
            <source>The backup cannot be written: {reason}.</source>
            <translation>无法写入备份：{reason}。</translation>
        </message>
        <message>
            <source>The cache of analyses cannot be emptied.</source>
            <translation>无法清空分析缓存。</translation>
        </message>
        <message>
            <source>The candidate may not be installed.</source>
            <translation>候选模型不得安装。</translation>
        </message>
        <message>
            <source>The cells of {name} hold no patient kept aside.</source>
            <translation>{name} 的细胞中没有预留的患者。</translation>
        </message>
        <message>
            <source>The chain of one event holds.</source>
            <translation>1 个事件的哈希链完整。</translation>
        </message>
        <message>
            <source>The chain of {count} events holds.</source>
            <translation>{count} 个事件的哈希链完整。</translation>
        </message>
        <message>
            <source>The checkpoint of {name} cannot be read: {reason}.</source>
            <translation>{name} 的权重文件无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The checkpoint of {name} does not fit its network.</source>
            <translation>{name} 的权重文件与其网络不符。</translation>
        </message>
        <message>
            <source>The checkpoint of {name} is damaged.</source>
            <translation>{name} 的权重文件已损坏。</translation>
        </message>
        <message>
            <source>The checkpoint of {name} is not installed.</source>
            <translation>未安装 {name} 的权重文件。</translation>
        </message>
        <message>
            <source>The class alias “{name}” stands for two classes.</source>
            <translation>类别别名“{name}”对应两个类别。</translation>
        </message>
        <message>
            <source>The class aliases name the unknown class {names}.</source>
            <translation>类别别名中有未知类别 {names}。</translation>
        </message>
        <message>
            <source>The class {cell_class} cannot be a part of {parent}.</source>
            <translation>类别 {cell_class} 不能属于 {parent}。</translation>
        </message>
        <message>
            <source>The class “{key}” is not defined here.</source>
            <translation>此处未定义类别“{key}”。</translation>
        </message>
        <message>
            <source>The comparison cannot be read.</source>
            <translation>比较报告无法读取。</translation>
        </message>
        <message>
            <source>The comparison cannot be written: {reason}.</source>
            <translation>比较报告无法写出：{reason}。</translation>
        </message>
        <message>
            <source>The comparison is not against the model that is in use now.</source>
            <translation>比较报告的对照不是当前使用的模型。</translation>
        </message>
        <message>
            <source>The comparison is of another candidate.</source>
            <translation>比较报告针对的是另一个候选模型。</translation>
        </message>
        <message>
            <source>The comparison was made by another version of LeukView.</source>
            <translation>比较报告由另一版本的 LeukView 生成。</translation>
        </message>
        <message>
            <source>The content of this event was erased.</source>
            <translation>此事件的内容已清除。</translation>
        </message>
        <message>
            <source>The corrections cannot be written: {reason}.</source>
            <translation>更正无法写出：{reason}。</translation>
        </message>
        <message>
            <source>The corrections name the unknown split “{unknown}”.</source>
            <translation>更正中有未知的划分“{unknown}”。</translation>
        </message>
        <message>
            <source>The counting rules cannot be read: {reason}.</source>
            <translation>无法读取计数规则：{reason}。</translation>
        </message>
        <message>
            <source>The counting rules must have version {version}.</source>
            <translation>计数规则的版本必须为 {version}。</translation>
        </message>
        <message>
            <source>The data folder holds data already.</source>
            <translation>数据文件夹中已有数据。</translation>
        </message>
        <message>
            <source>The database cannot be made there.</source>
            <translation>无法在该处建立数据库。</translation>
        </message>
        <message>
            <source>The database cannot be opened.</source>
            <translation>无法打开数据库。</translation>
        </message>
        <message>
            <source>The database could not be brought up to date; it was left as it was.</source>
            <translation>数据库未能升级，保持原样。</translation>
        </message>
        <message>
            <source>The database file is damaged or is none.</source>
            <translation>数据库文件已损坏，或并非数据库。</translation>
        </message>
        <message>
            <source>The database file is damaged.</source>
            <translation>数据库文件已损坏。</translation>
        </message>
        <message>
            <source>The database file was cut while LeukView was open; the last action may be lost.</source>
            <translation>数据库文件在 LeukView 打开时被截断；最后的操作可能丢失。</translation>
        </message>
        <message>
            <source>The database file was deleted, renamed or replaced while LeukView was open; the last action is not kept.</source>
            <translation>数据库文件在 LeukView 打开时被删除、改名或替换；最后的操作未保存。</translation>
        </message>
        <message>
            <source>The database is empty, but {count} slides were imported on this workstation: it was deleted or replaced.</source>
            <translation>数据库为空，但此工作站曾导入 {count} 张玻片：它已被删除或替换。</translation>
        </message>
        <message>
            <source>The database is in use by another program.</source>
            <translation>数据库正被其他程序使用。</translation>
        </message>
        <message>
            <source>The database is in use, so that what was deleted may still be in its write-ahead log.</source>
            <translation>数据库正在使用，已删除的内容可能仍在其预写日志中。</translation>
        </message>
        <message>
            <source>The database is read-only.</source>
            <translation>数据库为只读。</translation>
        </message>
        <message>
            <source>The database needs a file, and this is none.</source>
            <translation>数据库需要一个文件，而这里不是文件。</translation>
        </message>
        <message>
            <source>The database needs a file.</source>
            <translation>数据库须存为文件。</translation>
        </message>
        <message>
            <source>The database refuses.</source>
            <translation>数据库拒绝了操作。</translation>
        </message>
        <message>
            <source>The database still holds what the file names ({named}).</source>
            <translation>数据库仍含文件所列的内容（{named}）。</translation>
        </message>
        <message>
            <source>The database was not brought up to date, because no copy could be made of it first.</source>
            <translation>数据库未升级，因为无法事先为其建立副本。</translation>
        </message>
        <message>
            <source>The demo cannot be written to “{directory}”: {reason}.</source>
            <translation>演示数据无法写入“{directory}”：{reason}。</translation>
        </message>
        <message>
            <source>The device “{name}” is not available.</source>
            <translation>设备“{name}”不可用。</translation>
        </message>
        <message>
            <source>The diagnosis “{diagnosis}” is unknown.</source>
            <translation>诊断“{diagnosis}”未知。</translation>
        </message>
        <message>
            <source>The disk that holds the database reports an error.</source>
            <translation>数据库所在磁盘报告错误。</translation>
        </message>
        <message>
            <source>The driver of this database ({name}) is not installed.</source>
            <translation>此数据库的驱动程序（{name}）未安装。</translation>
        </message>
        <message>
            <source>The embedded segmenter cannot be run.</source>
            <translation>内置分割器无法运行。</translation>
        </message>
        <message>
            <source>The embedded segmenter is damaged: {name} was changed.</source>
            <translation>内置分割器已损坏：{name} 被改动。</translation>
        </message>
        <message>
            <source>The embedded segmenter is missing.</source>
            <translation>缺少内置分割器。</translation>
        </message>
        <message>
            <source>The embedded segmenter is of a format that this program does not read.</source>
            <translation>内置分割器的格式本程序无法读取。</translation>
        </message>
        <message>
            <source>The embedded segmenter lacks its file {name}.</source>
            <translation>内置分割器缺少文件 {name}。</translation>
        </message>
        <message>
            <source>The embedded segmenter lists the wrong files.</source>
            <translation>内置分割器的文件清单有误。</translation>
        </message>
        <message>
            <source>The embedded segmenter's description cannot be read.</source>
            <translation>内置分割器的描述文件无法读取。</translation>
        </message>
        <message>
            <source>The entry holds a number or a character that cannot be stored.</source>
            <translation>该条目含无法存储的数字或字符。</translation>
        </message>
        <message>
            <source>The export cannot be written to “{folder}”: {reason}.</source>
            <translation>导出无法写入“{folder}”：{reason}。</translation>
        </message>
        <message>
            <source>The export cannot be written: {reason}.</source>
            <translation>无法写入导出：{reason}。</translation>
        </message>
        <message>
            <source>The figures of the model “{manifest}” cannot be read.</source>
            <translation>无法读取模型“{manifest}”的指标。</translation>
        </message>
        <message>
            <source>The file cannot be read: {reason}.</source>
            <translation>无法读取文件：{reason}。</translation>
        </message>
        <message>
            <source>The file cannot be written to “{parent}”: {reason}.</source>
            <translation>文件无法写入“{parent}”：{reason}。</translation>
        </message>
        <message>
            <source>The file cannot be written: {reason}.</source>
            <translation>无法写入文件：{reason}。</translation>
        </message>
        <message>
            <source>The file is too large.</source>
            <translation>文件过大。</translation>
        </message>
        <message>
            <source>The file names no head of the review log.</source>
            <translation>文件中没有审核日志的末条。</translation>
        </message>
        <message>
            <source>The file roles.toml is not valid: {reason}.</source>
            <translation>文件 roles.toml 无效：{reason}。</translation>
        </message>
        <message>
            <source>The file roles.toml lets nobody administer.</source>
            <translation>文件 roles.toml 未授予任何人管理权限。</translation>
        </message>
        <message>
            <source>The file roles.toml names unknown roles or leaves some out: {roles}.</source>
            <translation>文件 roles.toml 含未知角色或缺少角色：{roles}。</translation>
        </message>
        <message>
            <source>The file {name} cannot be read: {reason}.</source>
            <translation>无法读取文件 {name}：{reason}。</translation>
        </message>
        <message>
            <source>The file {name} of the model “{manifest}” does not fit its network.</source>
            <translation>模型“{manifest}”的文件 {name} 与其网络不匹配。</translation>
        </message>
        <message>
            <source>The file {name} of the model “{manifest}” is damaged.</source>
            <translation>模型“{manifest}”的文件 {name} 已损坏。</translation>
        </message>
        <message>
            <source>The findings of the model “{manifest}” are not sound.</source>
            <translation>模型“{manifest}”的所见界限无效。</translation>
        </message>
        <message>
            <source>The folder “{name}” cannot be read: {reason}.</source>
            <translation>文件夹“{name}”无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The folder's name is not readable text.</source>
            <translation>文件夹名称无法辨读。</translation>
        </message>
        <message>
            <source>The gallery</source>
            <translation>细胞图库</translation>
        </message>
        <message>
            <source>The grading form cannot be read: {reason}.</source>
            <translation>分级表无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The grading form does not know “{key} {grade}”.</source>
            <translation>分级表中没有“{key} {grade}”。</translation>
        </message>
        <message>
            <source>The grading form has {names} twice.</source>
            <translation>分级表中 {names} 出现两次。</translation>
        </message>
        <message>
            <source>The grading form knows no grade {names} of {item}.</source>
            <translation>分级表中 {item} 没有 {names} 这一等级。</translation>
        </message>
        <message>
            <source>The graph of the model “{manifest}” cannot be run.</source>
            <translation>模型“{manifest}”的计算图无法运行。</translation>
        </message>
        <message>
            <source>The graph of the model “{manifest}” does not fit its description.</source>
            <translation>模型“{manifest}”的计算图与其描述不符。</translation>
        </message>
        <message>
            <source>The guard of “{figure}” holds a value that is not sound.</source>
            <translation>“{figure}”的保护项含有不合理的值。</translation>
        </message>
        <message>
            <source>The guards cannot be read: they need version = 1 and at least one guard.</source>
            <translation>保护项无法读取：需要 version = 1 和至少一项保护。</translation>
        </message>
        <message>
            <source>The guards cannot be read: {reason}.</source>
            <translation>保护项无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The identity vault cannot be opened.</source>
            <translation>无法打开身份信息库。</translation>
        </message>
        <message>
            <source>The image of this cell is not on this workstation.</source>
            <translation>该细胞的图像不在本工作站上。</translation>
        </message>
        <message>
            <source>The installed model {sha256} is not on this workstation any more.</source>
            <translation>已安装的模型 {sha256} 已不在本工作站上。</translation>
        </message>
        <message>
            <source>The installed model {sha256} was changed after it was installed.</source>
            <translation>已安装的模型 {sha256} 在安装后被更改。</translation>
        </message>
        <message>
            <source>The key of the identity vault is damaged.</source>
            <translation>身份信息库的密钥已损坏。</translation>
        </message>
        <message>
            <source>The key of the identity vault is missing, so known patients could not be recognised.</source>
            <translation>缺少身份信息库的密钥，因此无法识别已知患者。</translation>
        </message>
        <message>
            <source>The key store of the system does not give a key that it keeps.</source>
            <translation>系统的密钥库未提供其所保存的密钥。</translation>
        </message>
        <message>
            <source>The key store of the system refuses.</source>
            <translation>系统的密钥库拒绝访问。</translation>
        </message>
        <message>
            <source>The key “{name}” of this user account is damaged.</source>
            <translation>此用户帐户的密钥“{name}”已损坏。</translation>
        </message>
        <message>
            <source>The last administrator cannot be retired.</source>
            <translation>最后一位管理员不能停用。</translation>
        </message>
        <message>
            <source>The left button gives background.</source>
            <translation>左键标为背景。</translation>
        </message>
        <message>
            <source>The left button gives cytoplasm.</source>
            <translation>左键标为细胞质。</translation>
        </message>
        <message>
            <source>The left button gives nucleus.</source>
            <translation>左键标为细胞核。</translation>
        </message>
        <message>
            <source>The list of LOINC terms cannot be read: {reason}.</source>
            <translation>无法读取 LOINC 术语表：{reason}。</translation>
        </message>
        <message>
            <source>The list of LOINC terms names the unknown class {names}.</source>
            <translation>LOINC 术语表包含未知类别 {names}。</translation>
        </message>
        <message>
            <source>The logo “{name}” is no picture of the kind its name says, or larger than 4 MiB.</source>
            <translation>标志“{name}”不是其名称所示类型的图片，或大于 4 MiB。</translation>
        </message>
        <message>
            <source>The manifest of {path} holds a weight that is no number.</source>
            <translation>{path} 的清单含有不是数字的权重。</translation>
        </message>
        <message>
            <source>The manifest of {path} holds a weight that is not positive.</source>
            <translation>{path} 的清单含有非正的权重。</translation>
        </message>
        <message>
            <source>The manifest of {path} lacks {names}.</source>
            <translation>{path} 的清单缺少 {names}。</translation>
        </message>
        <message>
            <source>The mask “{path}” cannot be written: {reason}.</source>
            <translation>掩膜“{path}”无法写入：{reason}。</translation>
        </message>
        <message>
            <source>The model asks for the unknown background treatment “{background}”.</source>
            <translation>模型要求的背景处理方式“{background}”未知。</translation>
        </message>
        <message>
            <source>The model has format {found}; this program reads up to {known}.</source>
            <translation>模型格式为 {found}；本程序最多读取到格式 {known}。</translation>
        </message>
        <message>
            <source>The model has not looked at this cell yet: there is no class-activation map.</source>
            <translation>模型尚未分析该细胞：没有类激活图。</translation>
        </message>
        <message>
            <source>The model has the unknown architecture “{architecture}”.</source>
            <translation>模型的网络结构“{architecture}”未知。</translation>
        </message>
        <message>
            <source>The model is uncertain</source>
            <translation>模型不确定</translation>
        </message>
        <message>
            <source>The model of before cannot be used.</source>
            <translation>先前的模型无法使用。</translation>
        </message>
        <message>
            <source>The model pools in an unknown way, “{pooling}”.</source>
            <translation>模型的汇聚方式未知：“{pooling}”。</translation>
        </message>
        <message>
            <source>The model registry that was sealed here is gone from the data folder.</source>
            <translation>在此加封的模型登记册已不在数据文件夹中。</translation>
        </message>
        <message>
            <source>The model registry was changed outside of LeukView: entry {seq} is the first broken one.</source>
            <translation>模型登记簿在 LeukView 之外被更改：第 {seq} 条记录是第一条损坏的。</translation>
        </message>
        <message>
            <source>The model that ships with the program is in use: there is none before it.</source>
            <translation>正在使用随程序提供的模型：没有更早的模型。</translation>
        </message>
        <message>
            <source>The model “{manifest}” abstains below {abstain_below}, which is out of range.</source>
            <translation>模型“{manifest}”的拒判阈值 {abstain_below} 超出范围。</translation>
        </message>
        <message>
            <source>The model “{manifest}” cannot be installed: {reason}.</source>
            <translation>模型“{manifest}”无法安装：{reason}。</translation>
        </message>
        <message>
            <source>The model “{manifest}” cannot be written: {reason}.</source>
            <translation>无法写入模型“{manifest}”：{reason}。</translation>
        </message>
        <message>
            <source>The model “{manifest}” has no trained stage.</source>
            <translation>模型“{manifest}”没有已训练的阶段。</translation>
        </message>
        <message>
            <source>The model “{manifest}” is damaged: {name} was changed.</source>
            <translation>模型“{manifest}”已损坏：{name} 被改动。</translation>
        </message>
        <message>
            <source>The model “{manifest}” lacks its file {name}.</source>
            <translation>模型“{manifest}”缺少文件 {name}。</translation>
        </message>
        <message>
            <source>The model “{manifest}” lists a stage twice.</source>
            <translation>模型“{manifest}”重复列出同一阶段。</translation>
        </message>
        <message>
            <source>The model “{manifest}” lists the wrong files: {names}.</source>
            <translation>模型“{manifest}”的文件清单有误：{names}。</translation>
        </message>
        <message>
            <source>The model “{manifest}” was changed while it was copied.</source>
            <translation>模型“{manifest}”在复制过程中被更改。</translation>
        </message>
        <message>
            <source>The model “{manifest}” was made for other classes.</source>
            <translation>模型“{manifest}”是为其他类别制作的。</translation>
        </message>
        <message>
            <source>The model's bundle.json cannot be read.</source>
            <translation>模型的 bundle.json 无法读取。</translation>
        </message>
        <message>
            <source>The model's bundle.json is not what it should be: {reason}.</source>
            <translation>模型的 bundle.json 不符合要求：{reason}。</translation>
        </message>
        <message>
            <source>The model's bundle.json is not what its format says.</source>
            <translation>模型的 bundle.json 与其格式不符。</translation>
        </message>
        <message>
            <source>The model's preprocessing is out of range.</source>
            <translation>模型的预处理参数超出范围。</translation>
        </message>
        <message>
            <source>The name of the file “{name}” is not readable text, so it was passed over; rename it.</source>
            <translation>文件“{name}”的名称无法辨读，已跳过；请重命名。</translation>
        </message>
        <message>
            <source>The name of this user is not readable text.</source>
            <translation>该用户的名称不是可读文本。</translation>
        </message>
        <message>
            <source>The names in the archive do not say how they are written; they are read as {encoding}.</source>
            <translation>压缩包未注明名称的编码；按 {encoding} 读取。</translation>
        </message>
        <message>
            <source>The names in the archive “{name}” cannot be read as {encoding}.</source>
            <translation>压缩包“{name}”中的名称无法按 {encoding} 读取。</translation>
        </message>
        <message>
            <source>The names in the archive “{name}” do not say how they are written, so it was not imported.</source>
            <translation>压缩包“{name}”未注明名称的编码，因此未导入。</translation>
        </message>
        <message>
            <source>The names in the archive “{name}” do not say in which encoding they are written ({examples}).</source>
            <translation>压缩包“{name}”未注明名称的编码（{examples}）。</translation>
        </message>
        <message>
            <source>The names of the patients are encrypted with a key that this user account does not have.</source>
            <translation>患者姓名用此用户帐户没有的密钥加密。</translation>
        </message>
        <message>
            <source>The names of this slide are not known on this workstation.</source>
            <translation>此工作站不知道该玻片的名称。</translation>
        </message>
        <message>
            <source>The network's normalisation carries no statistics.</source>
            <translation>网络的归一化层不含统计量。</translation>
        </message>
        <message>
            <source>The operating system has no name for this user.</source>
            <translation>操作系统中没有该用户的名称。</translation>
        </message>
        <message>
            <source>The outline is not of the picture's size.</source>
            <translation>轮廓与图像大小不符。</translation>
        </message>
        <message>
            <source>The paper “{paper}” is not known.</source>
            <translation>未知纸张“{paper}”。</translation>
        </message>
        <message>
            <source>The parts of the window in a minute.</source>
            <translation>一分钟了解窗口各部分。</translation>
        </message>
        <message>
            <source>The path of {cell_class} jumps to {step}.</source>
            <translation>{cell_class} 的路径跳到了 {step}。</translation>
        </message>
        <message>
            <source>The phrases cannot be read: {reason}.</source>
            <translation>短语无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The phrases have the code {names} twice.</source>
            <translation>短语代码 {names} 出现两次。</translation>
        </message>
        <message>
            <source>The place of the database keeps no journal, so that a power failure would lose reviews.</source>
            <translation>数据库所在位置不保存日志，断电会丢失审阅记录。</translation>
        </message>
        <message>
            <source>The prediction sets of the stage {stage} of “{manifest}” are not sound.</source>
            <translation>“{manifest}”中阶段 {stage} 的预测集合无效。</translation>
        </message>
        <message>
            <source>The readers do not differ on this cell.</source>
            <translation>两位阅片者对该细胞没有分歧。</translation>
        </message>
        <message>
            <source>The record of reviewers was changed outside of LeukView and cannot be read.</source>
            <translation>审核者变更记录已在 LeukView 之外被更改，无法读取。</translation>
        </message>
        <message>
            <source>The record of reviewers was changed outside of LeukView: line {seq} is the first broken one.</source>
            <translation>审核人员记录在 LeukView 之外被更改：第 {seq} 行为首个错误。</translation>
        </message>
        <message>
            <source>The reference ranges in {path} cannot be read: {reason}.</source>
            <translation>{path} 中的参考区间无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The reference ranges use the unknown unit {names}.</source>
            <translation>参考区间使用了未知单位 {names}。</translation>
        </message>
        <message>
            <source>The reference slide's runs; how often you overrule.</source>
            <translation>参考玻片的测量记录；更改模型结果的频率。</translation>
        </message>
        <message>
            <source>The report cannot be written to “{parent}”: {reason}.</source>
            <translation>报告无法写入“{parent}”：{reason}。</translation>
        </message>
        <message>
            <source>The report could not be set.</source>
            <translation>报告未能排版。</translation>
        </message>
        <message>
            <source>The report could not be set: {reason}.</source>
            <translation>报告未能排版：{reason}。</translation>
        </message>
        <message>
            <source>The report could not be set: “{path}” cannot be read, {reason}.</source>
            <translation>报告无法排版：“{path}”无法读取，{reason}。</translation>
        </message>
        <message>
            <source>The results cannot be written to “{output}”: {reason}.</source>
            <translation>结果无法写入“{output}”：{reason}。</translation>
        </message>
        <message>
            <source>The review log was changed outside of LeukView at event {seq}, so nothing was exported.</source>
            <translation>审核日志在事件 {seq} 处被 LeukView 之外的程序更改，因此未导出任何内容。</translation>
        </message>
        <message>
            <source>The review log was changed outside of LeukView: event {seq} (slide {slide_id}, {reviewer}, {at}) is the first broken one. {reason}</source>
            <translation>审核日志在 LeukView 之外被改动：事件 {seq}（玻片 {slide_id}，{reviewer}，{at}）是第一个损坏的事件。{reason}</translation>
        </message>
        <message>
            <source>The rights are {rights}.</source>
            <translation>权限为 {rights}。</translation>
        </message>
        <message>
            <source>The role “{role}” in roles.toml has unknown or repeated rights: {rights}.</source>
            <translation>roles.toml 中的角色“{role}”含未知或重复的权限：{rights}。</translation>
        </message>
        <message>
            <source>The role “{role}” in roles.toml needs the list “rights” and nothing else.</source>
            <translation>roles.toml 中的角色“{role}”只能含列表“rights”。</translation>
        </message>
        <message>
            <source>The roles are {roles}.</source>
            <translation>角色为 {roles}。</translation>
        </message>
        <message>
            <source>The score raises suspicion and is not specific: in 65 % of acute leukaemias another analyser reported some abnormal promyelocytes falsely (ISLH 433).</source>
            <translation>该评分仅提示可疑，并不特异：另一种分析仪在 65% 的急性白血病中曾误报异常早幼粒细胞（ISLH 433）。</translation>
        </message>
        <message>
            <source>The sealed head kept outside the database cannot be read.</source>
            <translation>无法读取保存在数据库之外的末条封印。</translation>
        </message>
        <message>
            <source>The sealed head that LeukView keeps outside the database is missing on this workstation.</source>
            <translation>本工作站上缺少 LeukView 保存在数据库之外的末条封印。</translation>
        </message>
        <message>
            <source>The seals cannot be checked: {reason}</source>
            <translation>无法检验封印：{reason}</translation>
        </message>
        <message>
            <source>The seals of this database were removed.</source>
            <translation>此数据库的封印已被删除。</translation>
        </message>
        <message>
            <source>The second reading needs another person: change reviewer.</source>
            <translation>第二阅片须由另一人进行：请更换审核者。</translation>
        </message>
        <message>
            <source>The sign rule cannot be read: {reason}.</source>
            <translation>签名规则无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The sign rule has missing or unknown entries: {names}.</source>
            <translation>签名规则缺少条目或含有未知条目：{names}。</translation>
        </message>
        <message>
            <source>The sign rule must have version {version}.</source>
            <translation>签名规则的版本必须为 {version}。</translation>
        </message>
        <message>
            <source>The site file cannot be read: {reason}.</source>
            <translation>无法读取本机构文件：{reason}。</translation>
        </message>
        <message>
            <source>The site file may hold texts only.</source>
            <translation>机构信息文件只能包含文本。</translation>
        </message>
        <message>
            <source>The site's calibration in the model cannot be read.</source>
            <translation>无法读取模型中的本地校准。</translation>
        </message>
        <message>
            <source>The site's calibration in the model is not sound.</source>
            <translation>模型中的本地校准无效。</translation>
        </message>
        <message>
            <source>The site's calibration in “{name}” is of other classes.</source>
            <translation>“{name}”中的本地校准属于其他类别。</translation>
        </message>
        <message>
            <source>The slide cannot be signed yet.</source>
            <translation>该玻片尚不能签名。</translation>
        </message>
        <message>
            <source>The slide is not signed.</source>
            <translation>该玻片未签名。</translation>
        </message>
        <message>
            <source>The slide is not withdrawn.</source>
            <translation>玻片未撤回。</translation>
        </message>
        <message>
            <source>The slide is signed already.</source>
            <translation>该涂片已签名。</translation>
        </message>
        <message>
            <source>The slide is signed and read-only.</source>
            <translation>该玻片已签名，为只读。</translation>
        </message>
        <message>
            <source>The slide is withdrawn already.</source>
            <translation>玻片已撤回。</translation>
        </message>
        <message>
            <source>The slide was changed since it was shown.</source>
            <translation>玻片在显示之后被更改。</translation>
        </message>
        <message>
            <source>The stage {stage} of the model “{manifest}” is not sound.</source>
            <translation>模型“{manifest}”的阶段 {stage} 有误。</translation>
        </message>
        <message>
            <source>The table of class aliases cannot be read: {reason}.</source>
            <translation>无法读取类别别名表：{reason}。</translation>
        </message>
        <message>
            <source>The tally</source>
            <translation>分类计数</translation>
        </message>
        <message>
            <source>The taxonomy file cannot be read: {reason}.</source>
            <translation>分类体系文件无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The taxonomy knows no class “{class_key}”.</source>
            <translation>分类体系中没有类别“{class_key}”。</translation>
        </message>
        <message>
            <source>The taxonomy knows no class “{label}”, which the demo needs.</source>
            <translation>分类体系中没有演示所需的类别“{label}”。</translation>
        </message>
        <message>
            <source>The taxonomy knows no diagnosis “{diagnosis}”.</source>
            <translation>分类体系中没有诊断“{diagnosis}”。</translation>
        </message>
        <message>
            <source>The taxonomy names the {kind} {names} twice.</source>
            <translation>分类体系中 {kind} {names} 出现两次。</translation>
        </message>
        <message>
            <source>The taxonomy step “{text}” is not of the form stage:choice.</source>
            <translation>分类体系的步骤“{text}”不符合 stage:choice 的形式。</translation>
        </message>
        <message>
            <source>The taxonomy uses the unknown step {names}.</source>
            <translation>分类体系使用了未知步骤 {names}。</translation>
        </message>
        <message>
            <source>The taxonomy uses the unknown tree {names}.</source>
            <translation>分类体系使用了未知的树 {names}。</translation>
        </message>
        <message>
            <source>The torch engine is not installed.</source>
            <translation>未安装 torch 引擎。</translation>
        </message>
        <message>
            <source>The training data of the model “{manifest}” cannot be read.</source>
            <translation>无法读取模型“{manifest}”的训练数据说明。</translation>
        </message>
        <message>
            <source>The two models have no stage in common.</source>
            <translation>两个模型没有共同的阶段。</translation>
        </message>
        <message>
            <source>The watched folder cannot be read.</source>
            <translation>监视文件夹无法读取。</translation>
        </message>
        <message>
            <source>The weights of corrections are positive numbers.</source>
            <translation>更正的权重必须是正数。</translation>
        </message>
        <message>
            <source>The weights of corrections cannot be read: {reason}.</source>
            <translation>更正的权重无法读取：{reason}。</translation>
        </message>
        <message>
            <source>The weights of corrections have missing or unknown entries: {names}.</source>
            <translation>更正的权重缺少条目或含有未知条目：{names}。</translation>
        </message>
        <message>
            <source>The weights of the model “{manifest}” do not fit.</source>
            <translation>模型“{manifest}”的权重不匹配。</translation>
        </message>
        <message>
            <source>The white cell count includes erythroblasts and is corrected for them</source>
            <translation>白细胞计数包含有核红细胞，已作校正</translation>
        </message>
        <message>
            <source>The white cell count includes no erythroblasts</source>
            <translation>白细胞计数不包含有核红细胞</translation>
        </message>
        <message>
            <source>The widths of a network must be above zero.</source>
            <translation>网络宽度必须大于零。</translation>
        </message>
        <message>
            <source>The widths of a trunk must divide into its groups.</source>
            <translation>主干网络的宽度必须能被分组数整除。</translation>
        </message>
        <message>
            <source>The worker processes cannot be started.</source>
            <translation>无法启动工作进程。</translation>
        </message>
        <message>
            <source>Theme of the desktop</source>
            <translation>跟随桌面主题</translation>
        </message>
        <message>
            <source>There are no corrections to export.</source>
            <translation>没有可导出的更正。</translation>
        </message>
        <message>
            <source>There are no report texts for the language “{language}”.</source>
            <translation>没有语言“{language}”的报告文本。</translation>
        </message>
        <message>
            <source>There are no reviewed cells to learn from.</source>
            <translation>没有可供学习的已审核细胞。</translation>
        </message>
        <message>
            <source>There are seals of another workstation (key {key}), which only that workstation can check.</source>
            <translation>有另一工作站（密钥 {key}）的封印，只有该工作站能检验。</translation>
        </message>
        <message>
            <source>There is a file “{name}” already.</source>
            <translation>已有文件“{name}”。</translation>
        </message>
        <message>
            <source>There is a reviewer {name} already.</source>
            <translation>已有审核者 {name}。</translation>
        </message>
        <message>
            <source>There is no class-activation method “{method}”.</source>
            <translation>没有类激活方法“{method}”。</translation>
        </message>
        <message>
            <source>There is no database in the data folder.</source>
            <translation>数据文件夹中没有数据库。</translation>
        </message>
        <message>
            <source>There is no engine “{engine}”.</source>
            <translation>没有引擎“{engine}”。</translation>
        </message>
        <message>
            <source>There is no figure “{figure}” to guard.</source>
            <translation>没有可保护的指标“{figure}”。</translation>
        </message>
        <message>
            <source>There is no model at “{path}”.</source>
            <translation>“{path}”处没有模型。</translation>
        </message>
        <message>
            <source>There is no patient “{patient}” in this database.</source>
            <translation>此数据库中没有患者“{patient}”。</translation>
        </message>
        <message>
            <source>There is no segmenter “{name}”.</source>
            <translation>没有分割器“{name}”。</translation>
        </message>
        <message>
            <source>There is no space left for the database.</source>
            <translation>数据库所在磁盘空间不足。</translation>
        </message>
        <message>
            <source>There is no such file.</source>
            <translation>没有该文件。</translation>
        </message>
        <message>
            <source>There is no synthetic form of the class “{class_key}”.</source>
            <translation>类别“{class_key}”没有合成形态。</translation>
        </message>
        <message>
            <source>They can be read as {choices}.</source>
            <translation>可按 {choices} 读取。</translation>
        </message>
        <message>
            <source>This LeukView reads no other version.</source>
            <translation>此版 LeukView 不读其他版本。</translation>
        </message>
        <message>
            <source>This backup was made by a newer version of LeukView.</source>
            <translation>此备份由更新版本的 LeukView 制作。</translation>
        </message>
        <message>
            <source>This database is not sealed yet; it will be with the next entry.</source>
            <translation>此数据库尚未加封；写入下一条时加封。</translation>
        </message>
        <message>
            <source>This database was made by a newer version of LeukView.</source>
            <translation>该数据库由更新版本的 LeukView 建立。</translation>
        </message>
        <message>
            <source>This database was not made by LeukView.</source>
            <translation>该数据库并非由 LeukView 建立。</translation>
        </message>
        <message>
            <source>This database was put in the place of the one that was sealed here (noticed {at}).</source>
            <translation>此数据库取代了在此加封的数据库（{at} 发现）。</translation>
        </message>
        <message>
            <source>This file is written as CSV or JSON.</source>
            <translation>该文件以 CSV 或 JSON 格式写出。</translation>
        </message>
        <message>
            <source>This image was changed since the import.</source>
            <translation>此图像在导入后已更改。</translation>
        </message>
        <message>
            <source>This installation brings no demo slides.</source>
            <translation>本安装不含演示玻片。</translation>
        </message>
        <message>
            <source>This installation cannot sign reports cryptographically.</source>
            <translation>此安装无法为报告作数字签名。</translation>
        </message>
        <message>
            <source>This installation erases no slides.</source>
            <translation>此安装不清除玻片。</translation>
        </message>
        <message>
            <source>This installation exports no slides.</source>
            <translation>此安装不支持导出玻片。</translation>
        </message>
        <message>
            <source>This installation writes no backups.</source>
            <translation>此安装不写入备份。</translation>
        </message>
        <message>
            <source>This laboratory's template report.typ cannot be set.</source>
            <translation>本实验室的模板 report.typ 无法排版。</translation>
        </message>
        <message>
            <source>This laboratory's template report.typ may not load packages or run text as code.</source>
            <translation>本实验室的模板 report.typ 不得加载软件包，也不得将文本作为代码运行。</translation>
        </message>
        <message>
            <source>This model was not trained on {stage}:{choice}.</source>
            <translation>该模型未经 {stage}:{choice} 训练。</translation>
        </message>
        <message>
            <source>This process has no database of its own.</source>
            <translation>此进程没有自己的数据库。</translation>
        </message>
        <message>
            <source>This reviewer has no PIN.</source>
            <translation>该审核者没有 PIN 码。</translation>
        </message>
        <message>
            <source>This reviewer is not known.</source>
            <translation>该审核者未知。</translation>
        </message>
        <message>
            <source>This signature needs a reason.</source>
            <translation>此签名需要填写理由。</translation>
        </message>
        <message>
            <source>This slide is not analysed yet.</source>
            <translation>该玻片尚未分析。</translation>
        </message>
        <message>
            <source>This slide is not in the database.</source>
            <translation>该玻片不在数据库中。</translation>
        </message>
        <message>
            <source>This workbench exports no corrections.</source>
            <translation>此工作台不导出更正。</translation>
        </message>
        <message>
            <source>This workbench keeps no models.</source>
            <translation>此工作台不管理模型。</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>时间</translation>
        </message>
        <message>
            <source>Too few cells</source>
            <translation>细胞过少</translation>
        </message>
        <message>
            <source>Too large</source>
            <translation>过大</translation>
        </message>
        <message>
            <source>Too many wrong PINs.</source>
            <translation>PIN 码错误次数过多。</translation>
        </message>
        <message>
            <source>Took back an action.</source>
            <translation>撤销一项操作。</translation>
        </message>
        <message>
            <source>Took back no. {seq}: {text}</source>
            <translation>撤销第 {seq} 号：{text}</translation>
        </message>
        <message>
            <source>Took over the analyser's classes: {given}.</source>
            <translation>采用了分析仪的类别：{given}。</translation>
        </message>
        <message>
            <source>Took the PIN of {name} away.</source>
            <translation>取消了 {name} 的 PIN 码。</translation>
        </message>
        <message>
            <source>Took the slide back into the worklist: {reason}.</source>
            <translation>将玻片取回工作列表：{reason}。</translation>
        </message>
        <message>
            <source>Tour</source>
            <translation>导览</translation>
        </message>
        <message>
            <source>Toxic granulation</source>
            <translation>中毒颗粒</translation>
        </message>
        <message>
            <source>Try again with --workers 1.</source>
            <translation>请使用 --workers 1 重试。</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>请重试。</translation>
        </message>
        <message>
            <source>Two cells in the picture</source>
            <translation>图像中有两个细胞</translation>
        </message>
        <message>
            <source>Two labels</source>
            <translation>两种标注</translation>
        </message>
        <message>
            <source>Two reviewed patients or more do.</source>
            <translation>需要两名或更多已审核的患者。</translation>
        </message>
        <message>
            <source>Type the password again.</source>
            <translation>请重新输入密码。</translation>
        </message>
        <message>
            <source>Typst says: {reason}.</source>
            <translation>Typst 提示：{reason}。</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
        <message>
            <source>Unidentified</source>
            <translation>未识别</translation>
        </message>
        <message>
            <source>Unidentified (most probable: {best})</source>
            <translation>未识别（最可能：{best}）</translation>
        </message>
        <message>
            <source>Unidentified cells</source>
            <translation>未识别的细胞</translation>
        </message>
        <message>
            <source>Unidentified cells may be blasts</source>
            <translation>未识别细胞可能为原始细胞</translation>
        </message>
        <message>
            <source>Unidentified cells neither opened nor labelled yet: {count}.</source>
            <translation>既未查看大图也未标注的未识别细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Unidentified cells not opened yet: {count}.</source>
            <translation>尚未查看大图的未识别细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Unidentified cells that may be blasts or blast equivalents: {count}. Look at each of them and name them.</source>
            <translation>可能为原始细胞或其等同细胞的未识别细胞：{count} 个。请逐个查看并标记。</translation>
        </message>
        <message>
            <source>Unidentified cells that were not on the screen yet: {count}.</source>
            <translation>尚未在屏幕上显示过的未识别细胞：{count} 个。</translation>
        </message>
        <message>
            <source>Unidentified cells: {count}, {value} of leukocytes and unidentified cells. Name them before the differential is used.</source>
            <translation>未识别细胞：{count} 个，占白细胞与未识别细胞之和的 {value}。使用分类结果前请先标记这些细胞。</translation>
        </message>
        <message>
            <source>Unlike what the model was trained on</source>
            <translation>与模型的训练数据不相似</translation>
        </message>
        <message>
            <source>Unlock it and start LeukView again.</source>
            <translation>请解锁后重新启动 LeukView。</translation>
        </message>
        <message>
            <source>Unlock it, or work in the session in which LeukView was set up.</source>
            <translation>请解锁密钥库，或在设置 LeukView 时所用的会话中工作。</translation>
        </message>
        <message>
            <source>Unpack it and open a part of it.</source>
            <translation>请解压后打开其中一部分。</translation>
        </message>
        <message>
            <source>Unpack it and open the folder.</source>
            <translation>请解压后打开文件夹。</translation>
        </message>
        <message>
            <source>Unpacking the backup</source>
            <translation>正在解包备份</translation>
        </message>
        <message>
            <source>Unsafe archive entry</source>
            <translation>不安全的压缩包条目</translation>
        </message>
        <message>
            <source>Update LeukView on this workstation to open it.</source>
            <translation>请升级本工作站的 LeukView 后再打开。</translation>
        </message>
        <message>
            <source>Update LeukView on this workstation.</source>
            <translation>请升级本工作站的 LeukView。</translation>
        </message>
        <message>
            <source>Update LeukView.</source>
            <translation>请更新 LeukView。</translation>
        </message>
        <message>
            <source>Update the program.</source>
            <translation>请升级程序。</translation>
        </message>
        <message>
            <source>Use another certificate.</source>
            <translation>请换用其他证书。</translation>
        </message>
        <message>
            <source>Use another file.</source>
            <translation>请换用其他文件。</translation>
        </message>
        <message>
            <source>Use letters, digits and hyphens.</source>
            <translation>请使用字母、数字和连字符。</translation>
        </message>
        <message>
            <source>Use the brush.</source>
            <translation>请使用画笔。</translation>
        </message>
        <message>
            <source>Vacuolated blast</source>
            <translation>有空泡的原始细胞</translation>
        </message>
        <message>
            <source>Vanished</source>
            <translation>已消失</translation>
        </message>
        <message>
            <source>Variant lymphocyte</source>
            <translation>异型淋巴细胞</translation>
        </message>
        <message>
            <source>Variant lymphocytes</source>
            <translation>异型淋巴细胞</translation>
        </message>
        <message>
            <source>Variation in shape as a whole; name the shapes below as well.</source>
            <translation>形态总体不一；请同时注明下列具体形态。</translation>
        </message>
        <message>
            <source>Variation in size; the analyser's RDW is the better measure.</source>
            <translation>大小不一；分析仪的 RDW 更可靠。</translation>
        </message>
        <message>
            <source>Verifying the backup</source>
            <translation>正在校验备份</translation>
        </message>
        <message>
            <source>View</source>
            <translation>视图</translation>
        </message>
        <message>
            <source>Wait {seconds} seconds.</source>
            <translation>请等待 {seconds} 秒。</translation>
        </message>
        <message>
            <source>Watch a folder…</source>
            <translation>监视文件夹…</translation>
        </message>
        <message>
            <source>Welcome to LeukView</source>
            <translation>欢迎使用 LeukView</translation>
        </message>
        <message>
            <source>What it is, and is not; the model in use.</source>
            <translation>本软件是什么、不是什么；所用的模型。</translation>
        </message>
        <message>
            <source>What was done</source>
            <translation>操作内容</translation>
        </message>
        <message>
            <source>Which model is in use, who installed it; compare and roll back.</source>
            <translation>当前使用哪个模型、由谁安装；比较与回退。</translation>
        </message>
        <message>
            <source>White cell count and scale are positive numbers.</source>
            <translation>白细胞计数和比例尺必须为正数。</translation>
        </message>
        <message>
            <source>White cell count and scale.</source>
            <translation>白细胞计数与比例尺。</translation>
        </message>
        <message>
            <source>White cell count not known</source>
            <translation>白细胞计数未知</translation>
        </message>
        <message>
            <source>White cell count not known; Scale not known.</source>
            <translation>白细胞计数未知；比例尺未知。</translation>
        </message>
        <message>
            <source>White cell count {value} × 10⁹/l</source>
            <translation>白细胞计数 {value} × 10⁹/L</translation>
        </message>
        <message>
            <source>Whom reviewers called about an alert, and when; export it.</source>
            <translation>审核者就警示电话通知了谁，以及何时；可导出。</translation>
        </message>
        <message>
            <source>Windows, Cyrillic</source>
            <translation>Windows（西里尔文）</translation>
        </message>
        <message>
            <source>Windows, Western European</source>
            <translation>Windows（西欧）</translation>
        </message>
        <message>
            <source>Withdrawn</source>
            <translation>已撤回</translation>
        </message>
        <message>
            <source>Withdraw…</source>
            <translation>撤回…</translation>
        </message>
        <message>
            <source>Withdrew the slide as a wrong import: {reason}.</source>
            <translation>因错误导入撤回玻片：{reason}。</translation>
        </message>
        <message>
            <source>Write a remark on the slide for the report.</source>
            <translation>为报告撰写关于玻片的备注。</translation>
        </message>
        <message>
            <source>Write one text in quotes.</source>
            <translation>请写一个加引号的文本。</translation>
        </message>
        <message>
            <source>Write the report as PDF.</source>
            <translation>将报告写为 PDF。</translation>
        </message>
        <message>
            <source>Write the slide as FHIR, HL7, CSV, JSON or cells.</source>
            <translation>将玻片写为 FHIR、HL7、CSV、JSON 或细胞图像。</translation>
        </message>
        <message>
            <source>Write {{ for a brace.</source>
            <translation>花括号请写作 {{。</translation>
        </message>
        <message>
            <source>Writing the backup</source>
            <translation>正在写入备份</translation>
        </message>
        <message>
            <source>Writing the cells</source>
            <translation>正在写入细胞</translation>
        </message>
        <message>
            <source>Writing the report</source>
            <translation>正在写出报告</translation>
        </message>
        <message>
            <source>Wrong PIN</source>
            <translation>PIN 码错误</translation>
        </message>
        <message>
            <source>Wrote report {report_id}, SHA-256 {sha256}.</source>
            <translation>写入报告 {report_id}，SHA-256 {sha256}。</translation>
        </message>
        <message>
            <source>Zoom in</source>
            <translation>放大</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>缩小</translation>
        </message>
        <message>
            <source>a NUL character</source>
            <translation>空字符（NUL）</translation>
        </message>
        <message>
            <source>abnormal promyelocyte</source>
            <translation>异常早幼粒细胞</translation>
        </message>
        <message>
            <source>adequate</source>
            <translation>正常</translation>
        </message>
        <message>
            <source>all</source>
            <translation>ALL</translation>
        </message>
        <message>
            <source>aml</source>
            <translation>AML</translation>
        </message>
        <message>
            <source>apl</source>
            <translation>APL</translation>
        </message>
        <message>
            <source>artefact</source>
            <translation>人工假象</translation>
        </message>
        <message>
            <source>band</source>
            <translation>杆状核</translation>
        </message>
        <message>
            <source>basophil</source>
            <translation>嗜碱性粒细胞</translation>
        </message>
        <message>
            <source>being classified inside it…</source>
            <translation>正在按它分类…</translation>
        </message>
        <message>
            <source>benign</source>
            <translation>良性</translation>
        </message>
        <message>
            <source>blast</source>
            <translation>原始细胞</translation>
        </message>
        <message>
            <source>brush</source>
            <translation>画笔</translation>
        </message>
        <message>
            <source>cell {number}</source>
            <translation>{number} 号细胞</translation>
        </message>
        <message>
            <source>cells on which two readers differ</source>
            <translation>两位阅片者有分歧的细胞</translation>
        </message>
        <message>
            <source>cells that nobody reviewed</source>
            <translation>无人审核的细胞</translation>
        </message>
        <message>
            <source>cells whose class a model cannot learn</source>
            <translation>模型无法学习其类别的细胞</translation>
        </message>
        <message>
            <source>cells whose image is gone or was changed since</source>
            <translation>图像已丢失或其后被更改的细胞</translation>
        </message>
        <message>
            <source>cells {numbers} and {last}</source>
            <translation>{numbers}、{last} 号细胞</translation>
        </message>
        <message>
            <source>cells {numbers} are missing</source>
            <translation>缺少细胞 {numbers}</translation>
        </message>
        <message>
            <source>cells {numbers} came later and are not covered by the signature</source>
            <translation>细胞 {numbers} 为后来加入，不在签名范围内</translation>
        </message>
        <message>
            <source>class folders</source>
            <translation>按类别分文件夹</translation>
        </message>
        <message>
            <source>classes.toml cannot be read: {reason}.</source>
            <translation>无法读取 classes.toml：{reason}。</translation>
        </message>
        <message>
            <source>clicks</source>
            <translation>点击</translation>
        </message>
        <message>
            <source>cll</source>
            <translation>CLL</translation>
        </message>
        <message>
            <source>cml</source>
            <translation>CML</translation>
        </message>
        <message>
            <source>cmml</source>
            <translation>CMML</translation>
        </message>
        <message>
            <source>coded files</source>
            <translation>带代码的文件</translation>
        </message>
        <message>
            <source>counted and retired are true or false, colour is of the form #1a2b3c.</source>
            <translation>counted 和 retired 为 true 或 false，colour 的格式为 #1a2b3c。</translation>
        </message>
        <message>
            <source>cut</source>
            <translation>被截断</translation>
        </message>
        <message>
            <source>decreased</source>
            <translation>减少</translation>
        </message>
        <message>
            <source>eosinophil</source>
            <translation>嗜酸性粒细胞</translation>
        </message>
        <message>
            <source>erythroblast</source>
            <translation>有核红细胞</translation>
        </message>
        <message>
            <source>giant platelet</source>
            <translation>巨大血小板</translation>
        </message>
        <message>
            <source>hcl</source>
            <translation>HCL</translation>
        </message>
        <message>
            <source>identity.key is not the key of this identity vault: known patients would get other pseudonyms.</source>
            <translation>identity.key 不是此身份库的密钥：已知患者会得到其他假名。</translation>
        </message>
        <message>
            <source>if {choice}</source>
            <translation>若为{choice}</translation>
        </message>
        <message>
            <source>immature</source>
            <translation>幼稚</translation>
        </message>
        <message>
            <source>immature granulocyte</source>
            <translation>幼稚粒细胞</translation>
        </message>
        <message>
            <source>increased</source>
            <translation>增多</translation>
        </message>
        <message>
            <source>it is a link</source>
            <translation>它是链接</translation>
        </message>
        <message>
            <source>it is larger than 256 MB</source>
            <translation>大于 256 MB</translation>
        </message>
        <message>
            <source>it is no longer there</source>
            <translation>文件已不存在</translation>
        </message>
        <message>
            <source>it is not an image that can be read.</source>
            <translation>该文件不是可读取的图像。</translation>
        </message>
        <message>
            <source>it is protected by a password</source>
            <translation>有密码保护</translation>
        </message>
        <message>
            <source>it unpacks to far more than it holds</source>
            <translation>解压后远大于其本身</translation>
        </message>
        <message>
            <source>its name is too long</source>
            <translation>名称过长</translation>
        </message>
        <message>
            <source>its path leads out of the archive</source>
            <translation>其路径指向压缩包之外</translation>
        </message>
        <message>
            <source>leukocyte</source>
            <translation>白细胞</translation>
        </message>
        <message>
            <source>leukview audit verify tells more; put back a copy from the backups folder.</source>
            <translation>leukview audit verify 可提供更多信息；请从备份文件夹恢复副本。</translation>
        </message>
        <message>
            <source>leukview models compare A B --data DIR</source>
            <translation>leukview models compare A B --data DIR</translation>
        </message>
        <message>
            <source>leukview models install {path}</source>
            <translation>leukview models install {path}</translation>
        </message>
        <message>
            <source>lymphocyte</source>
            <translation>淋巴细胞</translation>
        </message>
        <message>
            <source>lymphoid</source>
            <translation>淋系</translation>
        </message>
        <message>
            <source>lymphoid neoplasm</source>
            <translation>淋巴肿瘤</translation>
        </message>
        <message>
            <source>malignant</source>
            <translation>恶性</translation>
        </message>
        <message>
            <source>markedly decreased</source>
            <translation>明显减少</translation>
        </message>
        <message>
            <source>markedly increased</source>
            <translation>明显增多</translation>
        </message>
        <message>
            <source>mature</source>
            <translation>成熟</translation>
        </message>
        <message>
            <source>mds</source>
            <translation>MDS</translation>
        </message>
        <message>
            <source>metamyelocyte</source>
            <translation>晚幼粒细胞</translation>
        </message>
        <message>
            <source>monocyte</source>
            <translation>单核细胞</translation>
        </message>
        <message>
            <source>myelocyte</source>
            <translation>中幼粒细胞</translation>
        </message>
        <message>
            <source>myeloid</source>
            <translation>髓系</translation>
        </message>
        <message>
            <source>names after ICSH, Palmer et al., Int J Lab Hematol 2015;37:287–303; limits are provisional: set your laboratory's own</source>
            <translation>名称依据 ICSH（Palmer 等，Int J Lab Hematol 2015;37:287–303）；界值为暂定值，请按本实验室的规定设定</translation>
        </message>
        <message>
            <source>neutrophil</source>
            <translation>中性粒细胞</translation>
        </message>
        <message>
            <source>no cell</source>
            <translation>无细胞</translation>
        </message>
        <message>
            <source>no permission</source>
            <translation>没有权限</translation>
        </message>
        <message>
            <source>none of its pixels has a value.</source>
            <translation>其所有像素均无值。</translation>
        </message>
        <message>
            <source>not assessed</source>
            <translation>未评估</translation>
        </message>
        <message>
            <source>not assessed by this model</source>
            <translation>本模型不评估</translation>
        </message>
        <message>
            <source>not assessed by this model; taken as {choice}</source>
            <translation>本模型不评估；按“{choice}”处理</translation>
        </message>
        <message>
            <source>not checked</source>
            <translation>未核对</translation>
        </message>
        <message>
            <source>not installed</source>
            <translation>未安装</translation>
        </message>
        <message>
            <source>not seen</source>
            <translation>未见</translation>
        </message>
        <message>
            <source>of which {name}</source>
            <translation>其中{name}</translation>
        </message>
        <message>
            <source>other</source>
            <translation>其他</translation>
        </message>
        <message>
            <source>other aml</source>
            <translation>其他 AML</translation>
        </message>
        <message>
            <source>pcl</source>
            <translation>PCL</translation>
        </message>
        <message>
            <source>ph negative</source>
            <translation>Ph 阴性</translation>
        </message>
        <message>
            <source>ph positive</source>
            <translation>Ph 阳性</translation>
        </message>
        <message>
            <source>plasma cell</source>
            <translation>浆细胞</translation>
        </message>
        <message>
            <source>platelet</source>
            <translation>血小板</translation>
        </message>
        <message>
            <source>platelet clump</source>
            <translation>血小板聚集</translation>
        </message>
        <message>
            <source>present</source>
            <translation>可见</translation>
        </message>
        <message>
            <source>prolymphocyte</source>
            <translation>幼淋巴细胞</translation>
        </message>
        <message>
            <source>promonocyte</source>
            <translation>幼单核细胞</translation>
        </message>
        <message>
            <source>promyelocyte</source>
            <translation>早幼粒细胞</translation>
        </message>
        <message>
            <source>segmented</source>
            <translation>分叶核</translation>
        </message>
        <message>
            <source>sensitivity {percent} % ({hits} of {cells} cells, 95 % interval {low}–{high})</source>
            <translation>灵敏度 {percent}%（{cells} 个细胞中 {hits} 个，95% 置信区间 {low}–{high}）</translation>
        </message>
        <message>
            <source>signed slides</source>
            <translation>已签发玻片</translation>
        </message>
        <message>
            <source>signed tree</source>
            <translation>已签发目录</translation>
        </message>
        <message>
            <source>slides that are not signed</source>
            <translation>未签名的玻片</translation>
        </message>
        <message>
            <source>slides that whoever exports still reads second</source>
            <translation>导出者仍在进行第二阅片的玻片</translation>
        </message>
        <message>
            <source>smudge cell</source>
            <translation>涂抹细胞</translation>
        </message>
        <message>
            <source>specificity {percent} % ({hits} of {cells} cells, 95 % interval {low}–{high})</source>
            <translation>特异度 {percent}%（{cells} 个细胞中 {hits} 个，95% 置信区间 {low}–{high}）</translation>
        </message>
        <message>
            <source>synthetic</source>
            <translation>合成</translation>
        </message>
        <message>
            <source>taken back</source>
            <translation>已撤销</translation>
        </message>
        <message>
            <source>the analyser's labels of cells {numbers}</source>
            <translation>细胞 {numbers} 的分析仪标签</translation>
        </message>
        <message>
            <source>the disk refuses</source>
            <translation>磁盘拒绝访问</translation>
        </message>
        <message>
            <source>the file is empty; a cloud folder may have to download it first.</source>
            <translation>文件为空；可能需要先从云文件夹下载。</translation>
        </message>
        <message>
            <source>the image has {width} megapixels, too many for a cell.</source>
            <translation>图像有 {width} 百万像素，对单个细胞而言过大。</translation>
        </message>
        <message>
            <source>the image hashes or sizes of cells {numbers}</source>
            <translation>细胞 {numbers} 的图像哈希值或尺寸</translation>
        </message>
        <message>
            <source>the image is damaged or cut off.</source>
            <translation>图像已损坏或不完整。</translation>
        </message>
        <message>
            <source>the image is far too large for a cell.</source>
            <translation>图像对单个细胞而言过大。</translation>
        </message>
        <message>
            <source>the numbers of cells {numbers}</source>
            <translation>细胞 {numbers} 的编号</translation>
        </message>
        <message>
            <source>the predictions of cells {numbers}</source>
            <translation>细胞 {numbers} 的预测</translation>
        </message>
        <message>
            <source>the record of what was signed</source>
            <translation>签名内容的记录</translation>
        </message>
        <message>
            <source>the reviewers' labels of cells {numbers}</source>
            <translation>细胞 {numbers} 的审核标签</translation>
        </message>
        <message>
            <source>the slide</source>
            <translation>玻片</translation>
        </message>
        <message>
            <source>the slide cannot be read any more</source>
            <translation>玻片已无法读取</translation>
        </message>
        <message>
            <source>uncertain</source>
            <translation>不确定</translation>
        </message>
        <message>
            <source>unlabelled files</source>
            <translation>无标注的文件</translation>
        </message>
        <message>
            <source>unlike training</source>
            <translation>与训练数据不相似</translation>
        </message>
        <message>
            <source>unsigned slides</source>
            <translation>未签发玻片</translation>
        </message>
        <message>
            <source>variant lymphocyte</source>
            <translation>异型淋巴细胞</translation>
        </message>
        <message>
            <source>with comments, without names</source>
            <translation>含备注，不含姓名</translation>
        </message>
        <message>
            <source>with names and comments</source>
            <translation>含姓名和备注</translation>
        </message>
        <message>
            <source>with names, without comments</source>
            <translation>含姓名，不含备注</translation>
        </message>
        <message>
            <source>with the segmenter's outline the model said {said}</source>
            <translation>按分割器的轮廓，模型判断为 {said}</translation>
        </message>
        <message>
            <source>without names and comments</source>
            <translation>不含姓名和备注</translation>
        </message>
        <message>
            <source>{0} more came later</source>
            <translation>之后又增加 {0} 个</translation>
        </message>
        <message>
            <source>{cells} as {label}</source>
            <translation>{cells}为{label}</translation>
        </message>
        <message>
            <source>{cells} cells of {count} classes: {sources}</source>
            <translation>{count} 个类别的 {cells} 个细胞：{sources}</translation>
        </message>
        <message>
            <source>{cells}: {label}</source>
            <translation>{cells}：{label}</translation>
        </message>
        <message>
            <source>{count} cells</source>
            <translation>{count} 个细胞</translation>
        </message>
        <message>
            <source>{count} cells ({numbers} …)</source>
            <translation>{count} 个细胞（{numbers} …）</translation>
        </message>
        <message>
            <source>{count} cells are not analysed yet.</source>
            <translation>{count} 个细胞尚未分析。</translation>
        </message>
        <message>
            <source>{count} cells are unidentified by the model and not reviewed.</source>
            <translation>{count} 个细胞模型未识别且未经审核。</translation>
        </message>
        <message>
            <source>{count} cells have another class on the analyser than at the import of slide {slide}: {examples}.</source>
            <translation>有 {count} 个细胞在阅片机上的类别与玻片 {slide} 导入时不同：{examples}。</translation>
        </message>
        <message>
            <source>{count} cells have no label of the second reader yet.</source>
            <translation>{count} 个细胞尚无第二阅片者的标注。</translation>
        </message>
        <message>
            <source>{count} cells lie under two classes, for instance {examples}.</source>
            <translation>有 {count} 个细胞位于两个类别之下，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} cells with a repaired outline are not classified again yet.</source>
            <translation>{count} 个修正过轮廓的细胞尚未重新分类。</translation>
        </message>
        <message>
            <source>{count} disagreements with the second reader are not settled.</source>
            <translation>与第二阅片者的 {count} 处分歧尚未解决。</translation>
        </message>
        <message>
            <source>{count} entries of the archive are unsafe, for instance {examples}.</source>
            <translation>压缩包中有 {count} 个条目不安全，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files are gone, for instance {examples}.</source>
            <translation>有 {count} 个文件已不存在，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files are not images and were passed over, for instance {examples}.</source>
            <translation>有 {count} 个文件不是图像，已略过，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files are too large, for instance {examples}.</source>
            <translation>有 {count} 个文件过大，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files cannot be read, for instance {examples}.</source>
            <translation>有 {count} 个文件无法读取，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files have another code than their folder, which is trusted, for instance {examples}.</source>
            <translation>有 {count} 个文件的代码与所在文件夹不符，以文件夹为准，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} files may not be read, for instance {examples}.</source>
            <translation>有 {count} 个文件无读取权限，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} folders hold no images, for instance {examples}.</source>
            <translation>有 {count} 个文件夹不含图像，例如 {examples}。</translation>
        </message>
        <message>
            <source>{count} leaks between the splits, first the {kind} {name}.</source>
            <translation>划分之间有 {count} 处泄漏，首先是 {kind} {name}。</translation>
        </message>
        <message>
            <source>{count} of its cells are also in “{name}”: the same pictures under two names.</source>
            <translation>其中 {count} 个细胞也在“{name}”中：同一图像有两个名称。</translation>
        </message>
        <message>
            <source>{count} of its {total} cells are those of slide {slide}, imported under another name; {reviewed} of them were reviewed there.</source>
            <translation>其 {total} 个细胞中有 {count} 个属于以其他名称导入的玻片 {slide}；其中 {reviewed} 个已在该玻片中审核。</translation>
        </message>
        <message>
            <source>{details}.</source>
            <translation>{details}。</translation>
        </message>
        <message>
            <source>{file} has neither a patient nor a split.</source>
            <translation>{file} 既没有患者也没有划分。</translation>
        </message>
        <message>
            <source>{file} has the unknown split “{split}”.</source>
            <translation>{file} 含有未知的划分“{split}”。</translation>
        </message>
        <message>
            <source>{item} {grade}</source>
            <translation>{item} {grade}</translation>
        </message>
        <message>
            <source>{label} {count}</source>
            <translation>{label} {count}</translation>
        </message>
        <message>
            <source>{names} and {count} more</source>
            <translation>{names}，另有 {count} 个</translation>
        </message>
        <message>
            <source>{names} is the second reader of this slide already.</source>
            <translation>{names} 已是该玻片的第二阅片者。</translation>
        </message>
        <message>
            <source>{name} ({before} → {after})</source>
            <translation>{name}（{before} → {after}）</translation>
        </message>
        <message>
            <source>{name} ({code})</source>
            <translation>{name}（{code}）</translation>
        </message>
        <message>
            <source>{name} is none of the reviewers and may not {act}.</source>
            <translation>{name} 不是审核人员，不可{act}。</translation>
        </message>
        <message>
            <source>{name} is none of the reviewers of this workstation.</source>
            <translation>{name} 不是本工作站的审核者。</translation>
        </message>
        <message>
            <source>{name} is retired and cannot sign in.</source>
            <translation>{name} 已停用，不能登录。</translation>
        </message>
        <message>
            <source>{name} may not {act}.</source>
            <translation>{name} 不可{act}。</translation>
        </message>
        <message>
            <source>{name} {percent}</source>
            <translation>{name} {percent}</translation>
        </message>
        <message>
            <source>{name} · {who}, {at}</source>
            <translation>{name} · {who}，{at}</translation>
        </message>
        <message>
            <source>{name}, on patients kept out of training: {figures}.</source>
            <translation>{name}（未参与训练的患者）：{figures}。</translation>
        </message>
        <message>
            <source>{now} (was {before})</source>
            <translation>{now}（原为 {before}）</translation>
        </message>
        <message>
            <source>{path} does not hold the mask {row}.</source>
            <translation>{path} 不含掩膜 {row}。</translation>
        </message>
        <message>
            <source>{path} does not hold {row}.</source>
            <translation>{path} 不含 {row}。</translation>
        </message>
        <message>
            <source>{path} has no manifest.csv.</source>
            <translation>{path} 没有 manifest.csv。</translation>
        </message>
        <message>
            <source>{printed} is another reviewer than {name}.</source>
            <translation>{printed} 与 {name} 不是同一审核人员。</translation>
        </message>
        <message>
            <source>{ratio:.2f} (nucleus to whole cell, by area)</source>
            <translation>{ratio:.2f}（核面积与全细胞面积之比）</translation>
        </message>
        <message>
            <source>{reviewer} is the first reader of this slide.</source>
            <translation>{reviewer} 是该玻片的第一阅片者。</translation>
        </message>
        <message>
            <source>{stage}: AUC {auc} over {patients} patients, too few for a firm figure.</source>
            <translation>{stage}：{patients} 名患者的 AUC 为 {auc}，例数太少，不足以定论。</translation>
        </message>
        <message>
            <source>{value} of leukocytes and unidentified cells cannot be counted ({count} unidentified cells). The differential is not valid: name the cells or examine the film under the microscope.</source>
            <translation>白细胞与未识别细胞中有 {value} 无法计数（未识别细胞 {count} 个）。分类结果无效：请标记这些细胞，或在显微镜下检查涂片。</translation>
        </message>
        <message>
            <source>{value} of the cells look unlike the model's training set (stain, focus or cell type). Trust the model less on this slide.</source>
            <translation>{value} 的细胞与模型的训练集不相似（染色、对焦或细胞类型）。该玻片上模型的结果可信度较低。</translation>
        </message>
        <message>
            <source>{words}; also filed as {others}</source>
            <translation>{words}；同时归入 {others}</translation>
        </message>
        <message>
            <source>“blast_thresholds” of the counting rules must ascend between 0 and 1.</source>
            <translation>计数规则中的“blast_thresholds”必须在 0 与 1 之间递增。</translation>
        </message>
        <message>
            <source>“validated_wbc” of the counting rules must be two ascending numbers.</source>
            <translation>计数规则中的“validated_wbc”必须是两个递增的数。</translation>
        </message>
        <message>
            <source>“{answer}” is no class.</source>
            <translation>“{answer}”不是类别。</translation>
        </message>
        <message>
            <source>“{directory}” already holds the synthetic slide “{name}”.</source>
            <translation>“{directory}”中已有合成玻片“{name}”。</translation>
        </message>
        <message>
            <source>“{key}” of the sign rule must be a whole number from 0.</source>
            <translation>签名规则的“{key}”必须为不小于 0 的整数。</translation>
        </message>
        <message>
            <source>“{key}” of the sign rule must be one of: {choices}.</source>
            <translation>签名规则的“{key}”必须是以下之一：{choices}。</translation>
        </message>
        <message>
            <source>“{key}” of the sign rule must be true or false.</source>
            <translation>签名规则的“{key}”必须为 true 或 false。</translation>
        </message>
        <message>
            <source>“{name}”</source>
            <translation>“{name}”</translation>
        </message>
        <message>
            <source>“{name}” (“{before}”, now “{now}”)</source>
            <translation>“{name}”（原为“{before}”，现为“{now}”）</translation>
        </message>
        <message>
            <source>“{name}” cannot be installed: {reason}.</source>
            <translation>“{name}”无法安装：{reason}。</translation>
        </message>
        <message>
            <source>“{name}” cannot be read from the archive.</source>
            <translation>无法从压缩包中读取“{name}”。</translation>
        </message>
        <message>
            <source>“{name}” cannot be read: it is not a plain file.</source>
            <translation>“{name}”无法读取：它不是普通文件。</translation>
        </message>
        <message>
            <source>“{name}” cannot be read: {error}.</source>
            <translation>“{name}”无法读取：{error}。</translation>
        </message>
        <message>
            <source>“{name}” differs from the patient “{other}” in capital letters or accents only; they stay two.</source>
            <translation>“{name}”与患者“{other}”仅大小写或重音符号不同；仍作为两名患者。</translation>
        </message>
        <message>
            <source>“{name}” has the code {code} but lies under “{folder}”; the folder is trusted.</source>
            <translation>“{name}”的代码为 {code}，却位于“{folder}”下；以文件夹为准。</translation>
        </message>
        <message>
            <source>“{name}” holds no images.</source>
            <translation>“{name}”中没有图像。</translation>
        </message>
        <message>
            <source>“{name}” is damaged: its hash is not the one in its name.</source>
            <translation>“{name}”已损坏：其哈希值与文件名中的不符。</translation>
        </message>
        <message>
            <source>“{name}” is neither a folder nor a ZIP archive.</source>
            <translation>“{name}”既不是文件夹也不是 ZIP 压缩包。</translation>
        </message>
        <message>
            <source>“{name}” is no class that LeukView knows ({count} images): it may be a class or a patient.</source>
            <translation>LeukView 没有名为“{name}”的类别（{count} 幅图像）：它可能是类别，也可能是患者。</translation>
        </message>
        <message>
            <source>“{name}” is no longer in the archive.</source>
            <translation>“{name}”已不在压缩包中。</translation>
        </message>
        <message>
            <source>“{name}” is not a checkpoint that LeukView knows.</source>
            <translation>“{name}”不是 LeukView 可识别的权重文件。</translation>
        </message>
        <message>
            <source>“{name}” is not complete: “{missing}” is missing ({count} in all).</source>
            <translation>“{name}”不完整：缺少“{missing}”（共缺 {count} 个）。</translation>
        </message>
        <message>
            <source>“{name}” is not there.</source>
            <translation>“{name}”不存在。</translation>
        </message>
        <message>
            <source>“{name}” is taken for a patient of its own. If it is an order of “{parent}”, give that folder a name such as “Patient {parent}” and open it again.</source>
            <translation>“{name}”被视为单独的患者。如果它是“{parent}”的检验单，请将该文件夹改名为“Patient {parent}”之类的名称后重新打开。</translation>
        </message>
        <message>
            <source>“{name}” lies under “{folder}” and under “{others}”.</source>
            <translation>“{name}”同时位于“{folder}”和“{others}”下。</translation>
        </message>
        <message>
            <source>“{name}” may be a class or a patient ({count} images): its name is that of a class.</source>
            <translation>“{name}”可能是类别，也可能是患者（{count} 幅图像）：其名称与某一类别相同。</translation>
        </message>
        <message>
            <source>“{name}” was damaged while it was copied.</source>
            <translation>“{name}”在复制过程中损坏。</translation>
        </message>
        <message>
            <source>“{name}” was not read: it is larger than 256 MB.</source>
            <translation>“{name}”未读取：大于 256 MB。</translation>
        </message>
        <message>
            <source>“{name}”: {reason}</source>
            <translation>“{name}”：{reason}</translation>
        </message>
        <message>
            <source>“{path}” cannot be read as a table.</source>
            <translation>“{path}”无法作为表格读取。</translation>
        </message>
        <message>
            <source>“{path}” cannot be read: {reason}.</source>
            <translation>“{path}”无法读取：{reason}。</translation>
        </message>
        <message>
            <source>“{path}” has the unknown key “{key}”.</source>
            <translation>“{path}”含有未知的键“{key}”。</translation>
        </message>
        <message>
            <source>“{path}” holds no cell images.{problem}</source>
            <translation>“{path}”中没有细胞图像。{problem}</translation>
        </message>
        <message>
            <source>“{path}” is a picture in a format that is not read here; save it as PNG or TIFF.</source>
            <translation>“{path}”是此处不能读取的图片格式；请另存为 PNG 或 TIFF。</translation>
        </message>
        <message>
            <source>“{path}” is not an image and was passed over.</source>
            <translation>“{path}”不是图像，已跳过。</translation>
        </message>
        <message>
            <source>“{path}” lacks the column {names}.</source>
            <translation>“{path}”缺少列 {names}。</translation>
        </message>
        <message>
            <source>“{path}”: the text of “{key}” has a brace without its partner.</source>
            <translation>“{path}”：“{key}”的文本中花括号不成对。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “data.{text}” is no text.</source>
            <translation>“{path}”：“data.{text}”的值不是文本。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “logo” cannot be used.</source>
            <translation>“{path}”：“logo”的值不可用。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” cannot be used.</source>
            <translation>“{path}”：“{key}”的值不可用。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” has other forms than “one” and “other”.</source>
            <translation>“{path}”：“{key}”的值含有“one”和“other”以外的形式。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” is no text.</source>
            <translation>“{path}”：“{key}”的值不是文本。</translation>
        </message>
        <message>
            <source>“{path}”: the value of “{key}” is not of the right kind.</source>
            <translation>“{path}”：“{key}”的值类型不对。</translation>
        </message>
        <message>
            <source>“{path}”: “version” is not {version}.</source>
            <translation>“{path}”：“version”不是 {version}。</translation>
        </message>
        <message>
            <source>“{site}” cannot name an archive.</source>
            <translation>“{site}”不能用作存档名称。</translation>
        </message>
    </context>
</TS>
