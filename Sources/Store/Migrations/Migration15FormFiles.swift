/// A form knows its file by a number that no other file ever has. Earlier versions knew it by its inode, which the next file gets as soon as
/// one is removed.
///
/// What such a version let in is bound once, here, where nothing else could be meant: the file was received within the minute after its
/// form was noted, between which the daemon waits only for the disk; no later form of that establishment had the inode by then; the name is
/// the form's, and so is the content where it is known; and of the form there is nothing else. Whatever else is not bound, though it were
/// the form's, nor what was let in before names were noted: to send a file twice does less harm than to show another's.
enum Migration15FormFiles {
    static let sql = """
        ALTER TABLE publications ADD COLUMN identity BLOB;
        ALTER TABLE deposits ADD COLUMN identity BLOB;
        ALTER TABLE portal_forms ADD COLUMN identity BLOB;
        UPDATE portal_forms SET identity = randomblob(16);
        UPDATE publications SET identity = (
            SELECT identity FROM portal_forms AS form
            WHERE form.depositor = publications.depositor AND form.inode = publications.inode
                AND publications.received_at BETWEEN form.at AND form.at + 60000
                AND form.file = publications.name
                AND NOT EXISTS (
                    SELECT 1 FROM portal_forms AS later
                    WHERE later.depositor = form.depositor AND later.inode = form.inode AND later.key <> form.key
                        AND later.at BETWEEN form.at AND publications.received_at))
            WHERE channel = 'web';
        UPDATE deposits SET identity = (
            SELECT identity FROM portal_forms AS form
            WHERE form.depositor = deposits.depositor AND form.inode = deposits.inode
                AND deposits.received_at BETWEEN form.at AND form.at + 60000
                AND form.file = deposits.file
                AND lower(hex(form.sha256)) = coalesce(lower(deposits.sha256), lower(hex(form.sha256)))
                AND NOT EXISTS (
                    SELECT 1 FROM portal_forms AS later
                    WHERE later.depositor = form.depositor AND later.inode = form.inode AND later.key <> form.key
                        AND later.at BETWEEN form.at AND deposits.received_at))
            WHERE channel = 'web' AND received_at >= (SELECT min(at) FROM portal_forms);
        UPDATE portal_forms SET identity = NULL WHERE identity IN (
            SELECT identity FROM (
                SELECT identity FROM publications UNION ALL SELECT identity FROM deposits WHERE identity IS NOT NULL)
            GROUP BY identity HAVING count(*) > 1);
        UPDATE publications SET identity = NULL
            WHERE identity NOT IN (SELECT identity FROM portal_forms WHERE identity IS NOT NULL);
        UPDATE deposits SET identity = NULL
            WHERE identity NOT IN (SELECT identity FROM portal_forms WHERE identity IS NOT NULL);
        CREATE UNIQUE INDEX publications_by_identity ON publications(identity) WHERE identity IS NOT NULL;
        CREATE UNIQUE INDEX deposits_by_identity ON deposits(identity) WHERE identity IS NOT NULL;
        ALTER TABLE portal_forms DROP COLUMN device;
        ALTER TABLE portal_forms DROP COLUMN inode;
        """
}
