//! The staff over the rows in memory; there is no audit log here.

use super::MemoryStore;
use crate::id::BotId;
use crate::ports::StoreError;
use crate::ports::staff::StaffStore;
use crate::staff::{Act, Member};

fn is_same(one: &Member, other: &Member) -> bool {
    (&one.name, one.role) == (&other.name, other.role)
}

#[async_trait::async_trait]
impl StaffStore for MemoryStore {
    async fn list_members(&self, bot: BotId) -> Result<Vec<Member>, StoreError> {
        let mut members: Vec<_> = self.tables().staff.iter().filter(|_| bot == self.bot).cloned().collect();
        members.sort_by(|one, other| (&one.name, one.role.code()).cmp(&(&other.name, other.role.code())));
        Ok(members)
    }

    async fn insert_member(&self, _bot: BotId, member: Member, _act: Act) -> Result<bool, StoreError> {
        let staff = &mut self.tables().staff;
        let before = staff.iter().find(|other| is_same(other, &member)).cloned();
        match before {
            None => Ok(staff.insert(member)),
            Some(before) if member.person.is_none() || before.person == member.person => Ok(false),
            Some(before) => Ok(staff.remove(&before) && staff.insert(member)),
        }
    }

    async fn delete_member(&self, _bot: BotId, member: Member, _act: Act) -> Result<bool, StoreError> {
        let staff = &mut self.tables().staff;
        let count = staff.len();
        staff.retain(|other| !is_same(other, &member));
        Ok(staff.len() < count)
    }

    async fn insert_act(&self, _bot: BotId, _act: Act) -> Result<(), StoreError> {
        Ok(())
    }
}
